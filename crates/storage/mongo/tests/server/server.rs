//! A `FerretDB` of our own, which ends with the last test that uses it, and a gateway for each test.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::pending,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    net::Ipv4Addr,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use iam_config::Endpoint;
use iam_gateway::{Gateway, GatewaySettings};
use iam_host_native::NativePlatform;
use iam_model::Timestamp;
use iam_platform::{FetchError, Platform};
use iam_storage_mongo::MongoStorage;
use iam_test_servers::Server;
use serde_json::Value;
use tokio::select;

/// A database of a test's own.
pub(crate) struct Database {
    endpoint: Endpoint,
}

impl Database {
    /// An adapter for it.
    pub(crate) fn storage(&self) -> MongoStorage {
        self.storage_on(Rc::new(NativePlatform::new(BTreeMap::new())))
    }

    /// An adapter for it on a host of the test's.
    pub(crate) fn storage_on(&self, host: Rc<dyn Platform>) -> MongoStorage {
        MongoStorage::new(host, &self.endpoint, "default".to_owned(), None)
    }

    /// Runs commands, the text of an array, on it past the adapter, and gives their results.
    pub(crate) async fn run(&self, commands: &str) -> Vec<Value> {
        let body = format!(r#"{{"database":"default","commands":{commands}}}"#);
        let request = Request::post(self.endpoint.join("/mongo"));
        let request = request.body(Bytes::from(body)).unwrap();
        let platform = NativePlatform::new(BTreeMap::new());
        let response = platform.fetch(request).await.unwrap();
        let mut answer: Value = serde_json::from_slice(response.body()).unwrap();
        serde_json::from_value(answer["results"].take()).unwrap()
    }
}

/// Runs `test` to its end with an empty database.
pub(crate) fn with_database(test: impl AsyncFnOnce(&Database)) {
    let server = shared();
    let name = format!("iam_{:016x}", RandomState::new().build_hasher().finish());
    let target = format!("mongodb://127.0.0.1:{}/{name}", server.port());
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
        let database = Database { endpoint };
        select! {
            _ = gateway.serve(pending()) => panic!("the gateway stops by itself"),
            () = test(&database) => {}
        }
    });
}

/// The server that the running tests share.
fn shared() -> Arc<Server> {
    static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Server::start("ferretdb", &[]));
        *shared = Arc::downgrade(&server);
        server
    })
}

/// How a request is lost.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loss {
    /// Nothing of it arrives.
    All,
    /// It arrives, and its answer does not.
    Answer,
    /// Only so many of its commands arrive: the gateway or the database dies after them.
    After(usize),
}

/// A host that loses one request.
pub(crate) struct Unlucky {
    host: NativePlatform,
    loss: Cell<Option<(usize, Loss)>>,
    /// How many commands each request had that it was asked to send.
    pub(crate) sent: RefCell<Vec<usize>>,
}

impl Unlucky {
    /// Loses request number `at`, from 0.
    pub(crate) fn new(loss: Option<(usize, Loss)>) -> Rc<Self> {
        Rc::new(Self {
            host: NativePlatform::new(BTreeMap::new()),
            loss: Cell::new(loss),
            sent: RefCell::new(Vec::new()),
        })
    }
}

#[async_trait(?Send)]
impl Platform for Unlucky {
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        let (head, body) = request.into_parts();
        let commands = commands(&body);
        let number = self.sent.borrow().len();
        self.sent.borrow_mut().push(commands.len());
        let loss = self.loss.get().filter(|(at, _)| *at == number);
        match loss.map(|(_, loss)| loss) {
            None => self.host.fetch(Request::from_parts(head, body)).await,
            Some(Loss::All) => Err(FetchError::Timeout),
            Some(Loss::Answer) => {
                self.host.fetch(Request::from_parts(head, body)).await?;
                Err(FetchError::Timeout)
            }
            Some(Loss::After(some)) => {
                let cut = commands.get(..some).unwrap_or(&commands).join(",");
                let cut = format!(r#"{{"database":"default","commands":[{cut}]}}"#);
                self.host
                    .fetch(Request::from_parts(head, Bytes::from(cut)))
                    .await?;
                Err(FetchError::Timeout)
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.host.now()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.host.fill_random(buffer);
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn log(&self, _: &str) {}
}

/// The texts of a request's commands; the order of their keys matters.
fn commands(body: &Bytes) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Body {
        commands: Vec<Box<serde_json::value::RawValue>>,
    }
    let body: Body = serde_json::from_slice(body).unwrap();
    let texts = body.commands.iter();
    texts.map(|command| command.get().to_owned()).collect()
}
