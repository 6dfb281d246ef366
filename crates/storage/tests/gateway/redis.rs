//! The ephemeral store in a real Redis behind the gateway.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use iam_gateway::{GatewaySettings, Limits, RedisTarget};
use iam_storage::open_ephemeral;
use iam_storage_conformance::ephemeral::Wait;
use iam_storage_ports::{EphemeralError, EphemeralStore};
use iam_test_servers::Server;
use tokio::time::sleep;

use crate::{
    ephemeral::url,
    gateway::{TOKEN, platform, run, settings},
};

iam_storage_conformance::ephemeral_conformance!(with_store);

const LONG: Duration = Duration::from_mins(1);

fn with_store(case: impl AsyncFnOnce(&dyn EphemeralStore, &Wait)) {
    with_redis(&shared(), case);
}

/// The server that the running tests share.
fn shared() -> Arc<Server> {
    static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Server::start("redis", &[]));
        *shared = Arc::downgrade(&server);
        server
    })
}

fn with_redis(server: &Server, case: impl AsyncFnOnce(&dyn EphemeralStore, &Wait)) {
    run(behind(server, "iam"), async |authority| {
        let store = open_ephemeral(platform(), &url(authority, TOKEN)).unwrap();
        let wait: &Wait = &|duration| Box::pin(sleep(duration));
        case(&*store, wait).await;
    });
}

fn behind(server: &Server, password: &str) -> GatewaySettings {
    let redis = format!("redis://:{password}@127.0.0.1:{}", server.port());
    let redis: RedisTarget = redis.parse().unwrap();
    GatewaySettings {
        redis: Some(redis),
        limits: Limits {
            connect_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(1),
            ..Limits::default()
        },
        ..settings()
    }
}

#[test]
fn a_redis_that_comes_back_is_used_again() {
    let server = Server::start("redis", &[]);
    with_redis(&server, async |store, _| {
        store.put("a", "1", LONG).await.unwrap();
        server.kill();
        let away = store.lookup("a").await;
        assert!(
            matches!(away, Err(EphemeralError::Unavailable(_))),
            "{away:?}"
        );
        server.revive();
        while store.ping().await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(store.lookup("a").await.unwrap(), None, "it keeps nothing");
    });
}

#[test]
fn a_password_that_is_wrong_is_in_no_error() {
    let settings = behind(&shared(), "hunter2");
    run(settings, async |authority| {
        let store = open_ephemeral(platform(), &url(authority, TOKEN)).unwrap();
        let text = store.ping().await.unwrap_err().to_string();
        assert!(!text.contains("hunter2"), "{text}");
    });
}
