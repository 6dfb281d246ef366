//! A sqld of our own, which ends with the last test that uses it.

use std::{
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use http::HeaderValue;
use iam_config::Endpoint;
use iam_host_native::NativePlatform;
use iam_storage_libsql::LibSqlTransport;
use iam_storage_sql::SqlStorage;
use iam_test_servers::Server;

/// A running server with a database of its own.
pub(crate) struct Sqld(Server);

impl Sqld {
    /// The server that the running tests share.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Sqld>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start(&[]));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// A new server with an empty database.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self(Server::start("sqld", arguments))
    }

    /// A way to this server.
    pub(crate) fn transport(&self) -> LibSqlTransport {
        transport(self.0.port(), None)
    }

    /// This server's database.
    pub(crate) fn storage(&self) -> SqlStorage<LibSqlTransport> {
        SqlStorage::new(self.transport())
    }

    /// A way to this server for one who has this to show.
    pub(crate) fn transport_with(&self, authorization: &'static str) -> LibSqlTransport {
        let mut value = HeaderValue::from_static(authorization);
        value.set_sensitive(true);
        transport(self.0.port(), Some(value))
    }
}

/// A way to whatever listens on this port.
pub(crate) fn transport(port: u16, authorization: Option<HeaderValue>) -> LibSqlTransport {
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let platform = Rc::new(NativePlatform::default());
    LibSqlTransport::new(platform, &endpoint, authorization)
}

/// Runs a test to its end.
pub(crate) fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}
