use std::{
    collections::BTreeMap,
    env::temp_dir,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{client::conn::http1, server, service::service_fn};
use hyper_util::rt::TokioIo;
use iam_host_wasmtime::{Host, HostOptions, bind};
use iam_model::Secret;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// The file of the component in `tests/guest`, which is built once.
pub(crate) fn guest() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--release", "--target=wasm32-wasip2"]);
        let status = build
            .arg("--package=iam-host-wasmtime-guest")
            .status()
            .unwrap();
        assert!(
            status.success(),
            "is the target installed? rustup target add wasm32-wasip2"
        );
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        target.join("wasm32-wasip2/release/iam_host_wasmtime_guest.wasm")
    })
}

/// A folder that is gone when the test ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = temp_dir().join(format!("iam-host-{}-{count}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Writes `text` as a manifest, in which `GUEST` is the guest's file.
    pub(crate) fn manifest(&self, text: &str) -> PathBuf {
        let file = self.0.join("spin.toml");
        let guest = format!("{:?}", guest().display().to_string());
        fs::write(&file, text.replace("GUEST", &guest)).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) const MANIFEST: &str = r#"
spin_manifest_version = 2

[application]
name = "test"

[variables]
greeting = { default = "hello" }
upstream = { default = "http://127.0.0.1:1" }

[[trigger.http]]
route = "/..."
component = "front"

[[trigger.http]]
route = "/narrow/:user/..."
component = "narrow"

[[trigger.http]]
route = { private = true }
component = "secret"

[component.front]
source = GUEST
allowed_outbound_hosts = ["http://*.spin.internal", "{{ upstream }}"]
variables = { greeting = "{{ greeting }}!" }

[component.narrow]
source = GUEST

[component.secret]
source = GUEST
"#;

/// A running application and its log.
pub(crate) struct App {
    pub(crate) host: Arc<Host>,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) served: JoinHandle<()>,
    _folder: Folder,
}

impl App {
    pub(crate) async fn start(change: impl FnOnce(&mut HostOptions)) -> Self {
        let folder = Folder::new();
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut options = HostOptions::new(folder.manifest(MANIFEST));
        options.cache = Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("components"));
        options.log = {
            let log = Arc::clone(&log);
            Arc::new(move |line| log.lock().unwrap().push(line.to_owned()))
        };
        change(&mut options);
        let host = Arc::new(Host::start(options).await.unwrap());
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn({
            let host = Arc::clone(&host);
            async move { host.serve(listener, async { drop(stopped.await) }).await }
        });
        Self {
            host,
            address,
            log,
            stop: Some(stop),
            served,
            _folder: folder,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Full::default()).unwrap())
            .await
    }

    /// Sends a request over a connection of its own.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Reply {
        Reply::of(send(self.address, request).await).await
    }

    /// Whether a line of the log has all of `parts`.
    pub(crate) fn logged(&self, parts: &[&str]) -> bool {
        let log = self.log.lock().unwrap();
        log.iter()
            .any(|line| parts.iter().all(|part| line.contains(part)))
    }
}

async fn send(
    address: SocketAddr,
    mut request: Request<Full<Bytes>>,
) -> Response<hyper::body::Incoming> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let host = address.to_string().parse().unwrap();
    request.headers_mut().entry("host").or_insert(host);
    sender.send_request(request).await.unwrap()
}

/// A response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) async fn of<B>(response: Response<B>) -> Self
    where
        B: http_body::Body<Error: std::fmt::Debug>,
    {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn check(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, body));
    }
}

/// A server that components send requests to.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    /// How many connections there were.
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Upstream {
    /// `/redirect` redirects, `/never` does not answer, and the others say their path.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let service = service_fn(Self::answer);
                let server = server::conn::http1::Builder::new();
                tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self {
            address,
            connections,
        }
    }

    async fn answer(
        request: Request<hyper::body::Incoming>,
    ) -> Result<Response<Full<Bytes>>, http::Error> {
        let response = Response::builder();
        let path = request.uri().path().to_owned();
        match path.as_str() {
            "/never" => std::future::pending().await,
            "/redirect" => response
                .status(302)
                .header("location", "/x")
                .body("moved".into()),
            _ => response.body(path.into()),
        }
    }

    /// The variable that lets components come here.
    pub(crate) fn variables(&self) -> BTreeMap<String, Secret<String>> {
        let url = Secret::new(format!("http://{}", self.address));
        BTreeMap::from([("upstream".to_owned(), url)])
    }
}

pub(crate) const INTERNAL: &str = r#"{"type":"about:blank","title":"Internal Server Error","status":500,"code":"internal","detail":"Something went wrong on our side."}"#;
