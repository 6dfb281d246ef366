use std::{path::Path, rc::Rc, time::Duration};

use anyhow::{Context, Result, bail};
use iam_config::StoreUrl;
use iam_platform::Platform;
use iam_storage_ports::Storage;
use iam_test_servers::Server;

use crate::gateway::GatewayProcess;

/// A database engine that is measured.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    /// The scheme of the URLs by which our adapter reaches it, without `+http`.
    pub(crate) scheme: &'static str,
    /// What `tools/<server>-server.sh` starts; libSQL is in the gateway.
    server: Option<&'static str>,
    /// What the gateway is told, with `PORT` for the server's.
    target: &'static str,
    /// How many ask it at once where many do.
    pub(crate) at_once: usize,
    /// It is asked so much less than the others.
    pub(crate) patience: usize,
}

/// All engines that there are servers of. Another one is a line here and a driver in
/// `engines/native`; where many tenants are to be measured, also how it is filled in `scale/seed.rs`.
pub(crate) const ENGINES: [Engine; 4] = [
    Engine {
        name: "libSQL",
        scheme: "libsql",
        server: None,
        target: "",
        at_once: 100,
        patience: 1,
    },
    Engine {
        name: "PostgreSQL",
        scheme: "postgres",
        server: Some("postgres"),
        target: "postgres://iam:iam@127.0.0.1:PORT/iam",
        at_once: 100,
        patience: 1,
    },
    Engine {
        name: "MariaDB",
        scheme: "mysql",
        server: Some("mariadb"),
        target: "mysql://iam:iam@127.0.0.1:PORT/iam",
        at_once: 100,
        patience: 1,
    },
    // It reads a collection whole unless it is asked by `_id`.
    Engine {
        name: "MongoDB (FerretDB)",
        scheme: "mongodb",
        server: Some("ferretdb"),
        target: "mongodb://127.0.0.1:PORT/iam",
        at_once: 10,
        patience: 10,
    },
];

/// An empty database of its own with our schema, behind a gateway of its own.
pub(crate) struct Database {
    pub(crate) storage: Rc<dyn Storage>,
    pub(crate) gateway: GatewayProcess,
    /// What a native driver is told: a URL, or the path of a file.
    pub(crate) target: String,
    /// Ends after the gateway.
    _server: Option<Server>,
}

impl Database {
    pub(crate) async fn open(
        engine: &Engine,
        dir: &Path,
        platform: &Rc<dyn Platform>,
    ) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let server = engine.server.map(|server| Server::start(server, &[]));
        let file = dir.join("iam.db");
        let file = file.to_str().context("the folder is not UTF-8")?;
        let target = server.as_ref().map_or_else(
            || file.to_owned(),
            |server| engine.target.replace("PORT", &server.port().to_string()),
        );
        let gateway = GatewayProcess::start(&target)?;
        let url = gateway.url(engine.scheme);
        let url = StoreUrl::database(&|name| (name == "database_url").then(|| url.clone()))?;
        let storage = iam_storage::open(Rc::clone(platform), &url)?;
        migrate(&*storage).await?;
        Ok(Self {
            storage,
            gateway,
            target,
            _server: server,
        })
    }
}

/// A server listens a moment before it answers.
async fn migrate(storage: &dyn Storage) -> Result<()> {
    for _ in 0..100 {
        match storage.migrate().await {
            Err(iam_storage_ports::StorageError::Unavailable(_)) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            outcome => return Ok(outcome?),
        }
    }
    bail!("the database does not answer")
}
