//! What stands in for a SQL Server: TDS 7.4 on the wire, as far as our gateway speaks it, and
//! `SQLite` behind it, which is told each statement in its own spelling.

pub(crate) mod answer;
pub(crate) mod engine;
mod packet;
mod request;
mod session;
mod spelling;
mod tls;

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex as StdMutex},
};

use tokio::{
    net::TcpListener,
    select, spawn,
    sync::{Mutex, Notify},
};

use self::{engine::Engine, tls::Tls};

/// Who is let in, and where.
pub(crate) const USER: &str = "iam";
pub(crate) const PASSWORD: &str = "p@ss wörd 🎉";
pub(crate) const DATABASE: &str = "iam";

/// A server that is shared by its connections.
pub(crate) struct StandIn {
    /// Who works on it. A transaction has it from its beginning to its end.
    engine: Arc<Mutex<Engine>>,
    tls: Option<Tls>,
    fault: StdMutex<Option<Fault>>,
    told: StdMutex<Vec<String>>,
    hang_up: Notify,
}

/// An error that statements get.
struct Fault {
    number: u32,
    /// How many statements come before it.
    left: u32,
    /// How many come between it and the next, if there is one.
    every: Option<u32>,
}

impl StandIn {
    pub(crate) fn new(encrypted: bool) -> Arc<Self> {
        Arc::new(Self {
            engine: Arc::new(Mutex::new(Engine::new())),
            tls: encrypted.then(Tls::new),
            fault: StdMutex::default(),
            told: StdMutex::default(),
            hang_up: Notify::new(),
        })
    }

    /// Lets a statement fail with an error of this number after so many that do not.
    pub(crate) fn fail_after(&self, left: u32, number: u32) {
        *self.fault.lock().unwrap() = Some(Fault {
            number,
            left,
            every: None,
        });
    }

    /// Lets a statement lose a deadlock after so many, and again after twice as many, and so on.
    pub(crate) fn deadlock_every(&self, every: u32) {
        *self.fault.lock().unwrap() = Some(Fault {
            number: 1205,
            left: every,
            every: Some(every),
        });
    }

    /// All that it was told.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// Closes the connections.
    pub(crate) fn hang_up(&self) {
        self.hang_up.notify_waiters();
    }

    /// The error that is due.
    fn fault(&self) -> Option<u32> {
        let mut fault = self.fault.lock().unwrap();
        let due = fault.as_mut()?;
        if due.left > 0 {
            due.left -= 1;
            return None;
        }
        let number = due.number;
        match due.every {
            // A unit of many statements must get through too.
            Some(every) => {
                due.left = every;
                due.every = Some(2 * every);
            }
            None => *fault = None,
        }
        Some(number)
    }

    /// Listens; gives the URL of a target.
    pub(crate) async fn listen(self: &Arc<Self>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = self.url(listener.local_addr().unwrap());
        let server = Arc::clone(self);
        spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = Arc::clone(&server);
                spawn(async move {
                    select! {
                        // Whoever goes away has seen all.
                        _ = server.serve(stream) => {}
                        () = server.hang_up.notified() => {}
                    }
                });
            }
        });
        url
    }

    fn url(&self, address: SocketAddr) -> String {
        let port = address.port();
        let password = "p%40ss%20w%C3%B6rd%20%F0%9F%8E%89";
        match &self.tls {
            None => format!("sqlserver://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"),
            Some(tls) => format!(
                "sqlserver://{USER}:{password}@localhost:{port}/{DATABASE}?encrypt=true&ca={}",
                tls.authority.display()
            ),
        }
    }

    async fn serve(&self, mut stream: tokio::net::TcpStream) -> io::Result<()> {
        let (kind, _) = packet::read(&mut stream).await?;
        assert_eq!(kind, packet::PRELOGIN);
        // A version, encryption, and the values of both: on, or not supported.
        let encryption = if self.tls.is_some() { 1 } else { 2 };
        let options = [
            0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, encryption,
        ];
        packet::write(&mut stream, packet::ANSWER, &options).await?;
        match &self.tls {
            Some(tls) => session::run(self, tls.accept(stream).await?).await,
            None => session::run(self, stream).await,
        }
    }
}

pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
