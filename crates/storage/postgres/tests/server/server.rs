//! A `PostgreSQL` of our own, which ends with the last test that uses it, and a gateway for each test.

use std::{
    collections::BTreeMap,
    future::pending,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    net::Ipv4Addr,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use http::HeaderValue;
use iam_config::Endpoint;
use iam_gateway::{Gateway, GatewaySettings};
use iam_host_native::NativePlatform;
use iam_platform::Platform;
use iam_storage_postgres::PostgresTransport;
use iam_storage_sql::{SqlError, SqlTransport, Statement};
use iam_test_servers::Server;
use tokio::{select, time::sleep};

/// A running server.
pub(crate) struct Postgres(Server);

impl Postgres {
    /// The server that the running tests share.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self(Server::start("postgres", &[])));
            server.with("iam", async |transport| answers(&transport()).await);
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Runs `test` to its end with ways to `database`, through a gateway of its own.
    pub(crate) fn with(
        &self,
        database: &str,
        test: impl AsyncFnOnce(&dyn Fn() -> PostgresTransport),
    ) {
        self.with_platform(database, async |open| {
            let platform = Rc::new(NativePlatform::default());
            test(&|| open(platform.clone())).await;
        });
    }

    /// [`with`](Self::with), for hosts of the test's own.
    pub(crate) fn with_platform(
        &self,
        database: &str,
        test: impl AsyncFnOnce(&dyn Fn(Rc<dyn Platform>) -> PostgresTransport),
    ) {
        let target = format!("postgres://iam:iam@127.0.0.1:{}/{database}", self.0.port());
        let settings = GatewaySettings {
            targets: BTreeMap::from([("default".to_owned(), target.parse().unwrap())]),
            ..GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into())
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let gateway = Gateway::bind(settings).await.unwrap();
            let endpoint = Endpoint::parse(&format!("http://{}", gateway.local_addr())).unwrap();
            let connection = HeaderValue::from_static("postgresql://default/");
            let open = |platform: Rc<dyn Platform>| {
                PostgresTransport::new(platform, &endpoint, connection.clone(), None)
            };
            select! {
                _ = gateway.serve(pending()) => panic!("the gateway stops by itself"),
                () = test(&open) => {}
            }
        });
    }

    /// Makes an empty database; gives its name.
    pub(crate) fn new_database(&self) -> String {
        let name = format!("iam_{:016x}", random());
        self.with("iam", async |transport| {
            let create = Statement::new(format!("create database {name}"));
            transport().execute(&[create]).await.unwrap();
        });
        name
    }
}

/// Waits until the server answers: it listens a moment before.
async fn answers(transport: &PostgresTransport) {
    for _ in 0..100 {
        match transport.execute(&[Statement::new("select 1")]).await {
            Err(SqlError::Unavailable(_)) => sleep(Duration::from_millis(100)).await,
            outcome => return outcome.map(drop).unwrap(),
        }
    }
    panic!("PostgreSQL does not answer");
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
