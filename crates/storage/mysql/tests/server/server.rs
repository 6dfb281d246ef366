//! A server of our own, which ends with the last test that uses it, and a gateway for each test.

use std::{
    collections::BTreeMap,
    env,
    future::pending,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    net::Ipv4Addr,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use http::HeaderValue;
use iam_config::Endpoint;
use iam_gateway::{Gateway, GatewaySettings};
use iam_host_native::NativePlatform;
use iam_storage_mysql::MySqlTransport;
use iam_storage_sql::{SqlTransport, Statement};
use iam_test_servers::Server;
use tokio::select;

/// A running server.
pub(crate) struct MySql(Server);

/// `database:`, in base64.
const DATABASE: HeaderValue = HeaderValue::from_static("Basic ZGF0YWJhc2U6");

impl MySql {
    /// The server that the running tests share.
    #[expect(clippy::disallowed_methods, reason = "a test is a host")]
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<MySql>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let engine = env::var("IAM_TEST_MYSQL").unwrap_or_else(|_| "mariadb".to_owned());
            let server = Arc::new(Self(Server::start(&engine, &[])));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Where it listens.
    pub(crate) const fn port(&self) -> u16 {
        self.0.port()
    }

    /// Runs `test` to its end with ways to `database`, through a gateway of its own.
    pub(crate) fn with(&self, database: &str, test: impl AsyncFnOnce(&dyn Fn() -> MySqlTransport)) {
        let target = format!("mysql://iam:iam@127.0.0.1:{}/{database}", self.port());
        let settings = GatewaySettings {
            targets: BTreeMap::from([("database".to_owned(), target.parse().unwrap())]),
            ..GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into())
        };
        run(async {
            let gateway = Gateway::bind(settings).await.unwrap();
            let endpoint = Endpoint::parse(&format!("http://{}", gateway.local_addr())).unwrap();
            let platform = Rc::new(NativePlatform::new(BTreeMap::new()));
            let transport = || MySqlTransport::new(platform.clone(), &endpoint, DATABASE);
            select! {
                _ = gateway.serve(pending()) => panic!("the gateway stops by itself"),
                () = test(&transport) => {}
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

/// Runs a test to its end.
pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test);
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
