//! The ephemeral store: the gateway's memory behind Upstash REST.

use iam_config::StoreUrl;
use iam_storage::open_ephemeral;
use iam_storage_conformance::ephemeral::Wait;
use iam_storage_ports::{EphemeralError, EphemeralStore};
use tokio::time::sleep;

use crate::gateway::{Folder, TOKEN, platform, serve};

iam_storage_conformance::ephemeral_conformance!(with_store);

fn with_store(case: impl AsyncFnOnce(&dyn EphemeralStore, &Wait)) {
    serve(&Folder::new(), async |authority| {
        let store = open_ephemeral(platform(), &url(authority, TOKEN)).unwrap();
        let wait: &Wait = &|duration| Box::pin(sleep(duration));
        case(&*store, wait).await;
    });
}

#[test]
fn who_shows_another_token_gets_nothing() {
    serve(&Folder::new(), async |authority| {
        let store = open_ephemeral(platform(), &url(authority, "hunter2")).unwrap();
        let Err(EphemeralError::Internal(text)) = store.ping().await else {
            panic!("let in");
        };
        assert!(text.contains("401") && !text.contains("hunter2"), "{text}");
    });
}

pub(crate) fn url(authority: &str, token: &str) -> StoreUrl {
    let url = format!("upstash+http://{authority}");
    let lookup = |name: &str| match name {
        "redis_url" => Some(url.clone()),
        _ => Some(token.to_owned()),
    };
    StoreUrl::redis(&lookup).unwrap()
}
