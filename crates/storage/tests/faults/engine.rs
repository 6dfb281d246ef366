//! Servers, gateways and proxies in between.

use std::{
    collections::BTreeMap,
    future::pending,
    net::Ipv4Addr,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::Duration,
};

use iam_config::StoreUrl;
use iam_gateway::{Gateway, GatewaySettings};
use iam_host_native::NativePlatform;
use iam_storage::open;
use iam_storage_conformance::{
    ephemeral::Wait,
    fault::{Effort, Proxy, Wires},
    restart::Mortal,
};
use iam_storage_ports::{Storage, StorageError};
use iam_test_servers::Server;
use tokio::{select, time::sleep};

/// A database engine and its server.
pub(crate) struct Engine {
    server: &'static str,
    durable: &'static [&'static str],
    way: Way,
    effort: Effort,
    shared: Mutex<Weak<Server>>,
}

/// How our adapter comes to the server.
pub(crate) enum Way {
    /// By HTTP, which the server speaks; the scheme of the URL.
    Direct(&'static str),
    /// Through our gateway: the scheme of the URL, and what the gateway is told.
    Gateway(&'static str, &'static str),
}

/// Which connection breaks.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Link {
    /// That of the adapter to the gateway.
    ToGateway,
    /// That of the gateway, or of the adapter if there is none, to the database.
    ToDatabase,
}

/// The names by which the gateway knows the database, and the database behind the proxy.
const WHOLE: &str = "whole";
const FRAGILE: &str = "fragile";

impl Engine {
    /// The engine that `tools/<server>-server.sh` starts; with the options `durable` it loses nothing
    /// in a crash that it said was done.
    pub(crate) const fn new(
        server: &'static str,
        durable: &'static [&'static str],
        way: Way,
        effort: Effort,
    ) -> Self {
        Self {
            server,
            durable,
            way,
            effort,
            shared: Mutex::new(Weak::new()),
        }
    }

    /// Runs `case` with the server that the running tests share.
    pub(crate) fn with_wires(&self, link: Link, case: impl AsyncFnOnce(&Wires<'_>)) {
        let server = self.shared();
        run(async |wait| {
            let to_database = Proxy::before(server.port());
            let ports = BTreeMap::from([(WHOLE, server.port()), (FRAGILE, to_database.port())]);
            self.serve(&ports, async |gateway| {
                let to_gateway = Proxy::before(gateway);
                let whole = self.open(gateway, server.port(), WHOLE);
                let (fragile, proxy) = match link {
                    Link::ToGateway => {
                        let fragile = self.open(to_gateway.port(), server.port(), WHOLE);
                        (fragile, &to_gateway)
                    }
                    Link::ToDatabase => {
                        let fragile = self.open(gateway, to_database.port(), FRAGILE);
                        (fragile, &to_database)
                    }
                };
                migrate(&*whole, wait).await;
                let wires = Wires {
                    whole: &*whole,
                    fragile: &*fragile,
                    proxy,
                    wait,
                    effort: self.effort,
                };
                case(&wires).await;
            })
            .await;
        });
    }

    /// Runs `case` with a server of its own.
    pub(crate) fn with_mortal(&self, case: impl AsyncFnOnce(&Mortal<'_>)) {
        let server = Arc::new(Server::start(self.server, self.durable));
        let revive = || {
            let server = Arc::clone(&server);
            thread::spawn(move || server.revive());
        };
        run(async |wait| {
            let ports = BTreeMap::from([(WHOLE, server.port())]);
            self.serve(&ports, async |gateway| {
                let storage = self.open(gateway, server.port(), WHOLE);
                migrate(&*storage, wait).await;
                let mortal = Mortal {
                    storage: &*storage,
                    kill: &|| server.kill(),
                    revive: &revive,
                    wait,
                };
                case(&mortal).await;
            })
            .await;
        });
    }

    fn shared(&self) -> Arc<Server> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Server::start(self.server, &[]));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Runs `test` with the port of a gateway in front of the databases at these ports.
    async fn serve(&self, databases: &BTreeMap<&str, u16>, test: impl AsyncFnOnce(u16)) {
        let target = |(&name, port): (&&str, &u16)| match self.way {
            Way::Direct(_) => None,
            Way::Gateway(_, target) => {
                let target = target.replace("PORT", &port.to_string());
                Some((name.to_owned(), target.parse().unwrap()))
            }
        };
        let gateway = Gateway::bind(GatewaySettings {
            targets: databases.iter().filter_map(target).collect(),
            ..GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into())
        });
        let gateway = gateway.await.unwrap();
        let port = gateway.local_addr().port();
        select! {
            _ = gateway.serve(pending()) => panic!("the gateway stops by itself"),
            () = test(port) => {}
        }
    }

    /// The database of this name at a gateway, or at a server that needs none.
    fn open(&self, gateway: u16, server: u16, name: &str) -> Rc<dyn Storage> {
        let url = match self.way {
            Way::Direct(scheme) => format!("{scheme}+http://127.0.0.1:{server}"),
            Way::Gateway(scheme, _) => format!("{scheme}+http://127.0.0.1:{gateway}/{name}"),
        };
        let lookup = |variable: &str| (variable == "database_url").then(|| url.clone());
        let url = StoreUrl::database(&lookup).unwrap();
        open(Rc::new(NativePlatform::default()), &url).unwrap()
    }
}

/// Makes the schema. A server listens a moment before it answers.
async fn migrate(storage: &dyn Storage, wait: &Wait) {
    for _ in 0..100 {
        match storage.migrate().await {
            Err(StorageError::Unavailable(_)) => wait(Duration::from_millis(100)).await,
            outcome => return outcome.unwrap(),
        }
    }
    panic!("the database does not answer");
}

/// Runs `test` to its end with a way to let time pass, on this thread alone.
fn run(test: impl AsyncFnOnce(&Wait)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .unwrap()
        .block_on(test(&|duration| Box::pin(sleep(duration))));
}
