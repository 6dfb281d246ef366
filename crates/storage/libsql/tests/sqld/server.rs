//! A sqld of our own, which ends with the last test that uses it.

use std::{
    collections::BTreeMap,
    fs,
    hash::{BuildHasher, Hasher, RandomState},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::Duration,
};

use http::HeaderValue;
use iam_config::Endpoint;
use iam_host_native::NativePlatform;
use iam_storage_libsql::LibSqlTransport;
use iam_storage_sql::SqlStorage;

/// A running server with a database of its own.
pub(crate) struct Sqld {
    child: Child,
    folder: PathBuf,
    port: u16,
}

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
        let program = program();
        // Another program may take the port between our look and the server's.
        for _ in 0..5 {
            if let Some(server) = Self::try_start(&program, arguments) {
                return server;
            }
        }
        panic!("{program} does not start");
    }

    fn try_start(program: &str, arguments: &[&str]) -> Option<Self> {
        let id = RandomState::new().build_hasher().finish();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sqld-{id:016x}"));
        let port = free_port();
        let child = Command::new(program)
            .arg("--db-path")
            .arg(&folder)
            .args(["--http-listen-addr", &format!("127.0.0.1:{port}")])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(program);
        let mut server = Self {
            child,
            folder,
            port,
        };
        server.becomes_ready().then_some(server)
    }

    fn becomes_ready(&mut self) -> bool {
        for _ in 0..400 {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(25));
        }
        false
    }

    /// A way to this server.
    pub(crate) fn transport(&self) -> LibSqlTransport {
        transport(self.port, None)
    }

    /// This server's database.
    pub(crate) fn storage(&self) -> SqlStorage<LibSqlTransport> {
        SqlStorage::new(self.transport())
    }

    /// A way to this server for one who has this to show.
    pub(crate) fn transport_with(&self, authorization: &'static str) -> LibSqlTransport {
        let mut value = HeaderValue::from_static(authorization);
        value.set_sensitive(true);
        transport(self.port, Some(value))
    }
}

impl Drop for Sqld {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        let removed = fs::remove_dir_all(&self.folder);
        if let Some(error) = ended.err().or(removed.err()) {
            eprintln!("sqld leaves something behind: {error}");
        }
    }
}

/// A way to whatever listens on this port.
pub(crate) fn transport(port: u16, authorization: Option<HeaderValue>) -> LibSqlTransport {
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let platform = Rc::new(NativePlatform::new(BTreeMap::new()));
    LibSqlTransport::new(platform, &endpoint, authorization)
}

/// A port on which nothing listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Runs a test to its end.
pub(crate) fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

/// The path of the server's program.
fn program() -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tools/sqld.sh");
    let output = Command::new("sh").arg(script).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!(output.status.success(), "{}", text(output.stderr));
    text(output.stdout).trim().to_owned()
}
