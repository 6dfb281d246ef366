//! Database servers of their own, for tests and for the benchmark.
//!
//! `tools/<engine>-server.sh FOLDER PORT [OPTION...]` runs each in front, over what is in the
//! folder; here it is started, found to be ready, killed, started again and taken away.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::{
    fs,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

/// A running server with a folder of its own, which ends and goes when it is dropped.
pub struct Server {
    script: String,
    options: Vec<String>,
    folder: PathBuf,
    port: u16,
    child: Mutex<Child>,
}

impl Server {
    /// Starts `tools/<engine>-server.sh` with these options and waits until it listens.
    #[must_use]
    pub fn start(engine: &str, options: &[&str]) -> Self {
        // Another program may take the port between our look and the server's.
        for _ in 0..5 {
            if let Some(server) = Self::try_start(engine, options) {
                return server;
            }
        }
        panic!("{engine} does not start: what does tools/{engine}-server.sh say?");
    }

    fn try_start(engine: &str, options: &[&str]) -> Option<Self> {
        let id = RandomState::new().build_hasher().finish();
        // Not in `target`, whose folders a server's own user may not enter.
        let folder = std::env::temp_dir().join(format!("iam-{engine}-{id:016x}"));
        let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools");
        let script = format!("{tools}/{engine}-server.sh");
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let port = free_port();
        let server = Self {
            child: Mutex::new(run(&script, &folder, port, &options)),
            script,
            options,
            folder,
            port,
        };
        server.becomes_ready().then_some(server)
    }

    /// The port of loopback where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where its data is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ends it as a crash does: it has no time for anything.
    pub fn kill(&self) {
        let mut child = self.child();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Starts it again, over the same data and at the same port, after it was killed. It does not
    /// wait until it listens.
    pub fn revive(&self) {
        // What its processes shared may need a moment to be free.
        let (tries, pause) = (100, Duration::from_millis(100));
        for _ in 0..tries {
            let mut child = run(&self.script, &self.folder, self.port, &self.options);
            thread::sleep(pause);
            if child.try_wait().unwrap().is_none() {
                *self.child() = child;
                return;
            }
        }
        panic!("{} does not start again", self.script);
    }

    /// Waits until it listens; `false` if it has ended.
    fn becomes_ready(&self) -> bool {
        // It may have to be installed.
        for _ in 0..12_000 {
            if self.child().try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{} does not listen", self.script);
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut child = self.child();
        // SIGINT: time to end all of its processes. PostgreSQL takes SIGTERM for a reason to wait
        // until its clients have gone.
        let pid = child.id().to_string();
        let ended = Command::new("kill").args(["-INT", &pid]).status();
        let ended = ended.and_then(|_| child.wait());
        let removed = match fs::remove_dir_all(&self.folder) {
            // It did not get as far.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        };
        if let Some(error) = ended.err().or(removed.err()) {
            eprintln!("{} leaves something behind: {error}", self.script);
        }
    }
}

fn run(script: &str, folder: &Path, port: u16, options: &Vec<String>) -> Child {
    Command::new("sh")
        .arg(script)
        .arg(folder)
        .arg(port.to_string())
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh")
}

/// A port of loopback on which nothing listens.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
