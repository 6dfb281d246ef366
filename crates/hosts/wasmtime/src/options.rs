use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use iam_model::Secret;

use crate::admission::Limit;

/// Takes a line for the operator.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// What a host does while it starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Progress<'a> {
    /// A component is not in the cache and is being compiled, which takes seconds.
    Compile {
        /// The component's id.
        component: &'a str,
    },
    /// A component is ready.
    Ready {
        /// The component's id.
        component: &'a str,
        /// How long it took.
        took: Duration,
    },
}

/// How long an outbound request may take, unless the component says so itself.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until there is a connection.
    pub connect: Duration,
    /// From then until the head of the response is there.
    pub first_byte: Duration,
    /// Between two parts of its body.
    pub between_bytes: Duration,
}

/// What a host runs and the bounds that it keeps.
#[derive(Clone)]
pub struct HostOptions {
    /// The application: a spin.toml.
    pub manifest: PathBuf,
    /// Values for the application's variables. Others than the declared are ignored.
    pub variables: BTreeMap<String, Secret<String>>,
    /// The folder for compiled components; without one they are compiled at every start.
    /// It must be ours alone: what is in it is executed.
    pub cache: Option<PathBuf>,
    /// Requests of the public, all together.
    pub public: Limit,
    /// Requests to a component, by its id: of the public and of other components together.
    pub limits: BTreeMap<String, Limit>,
    /// Components that are trusted to end by themselves. Others give way to each other and are
    /// stopped at the deadline, which costs one that only computes a fifth of its speed. These
    /// run on threads of their own, as many as their limits let run at once.
    pub uninterrupted: BTreeSet<String>,
    /// Components that a server behind us calls while a request of the public waits for that
    /// server. They take no place of the public, which may all be taken by those who wait, but
    /// one of `chained`.
    pub callbacks: BTreeSet<String>,
    /// Instances for the requests that components send to each other, at the same time.
    pub chained: usize,
    /// How long a request may wait before it is sent away.
    pub patience: Duration,
    /// How long an instance may live.
    pub deadline: Duration,
    /// The memory of an instance, in bytes.
    pub memory: usize,
    /// The body of a request of the public, in bytes.
    pub body: u64,
    /// The threads that run guests.
    pub workers: usize,
    /// Connections of the public at the same time; more wait in the kernel's backlog.
    pub connections: usize,
    /// How long a client may take to send the head of a request, or stay without sending one.
    pub head: Duration,
    /// How long requests may go on after the host was asked to stop.
    pub grace: Duration,
    /// How long outbound requests may take.
    pub outbound: Timeouts,
    /// Takes what components print and what the operator should know; stderr by default.
    pub log: Log,
    /// Is told what the start does; may be called from several threads at once.
    pub progress: Arc<dyn Fn(Progress<'_>) + Send + Sync>,
}

impl HostOptions {
    /// Runs the application of `manifest` within default bounds.
    #[must_use]
    pub fn new(manifest: impl Into<PathBuf>) -> Self {
        Self {
            manifest: manifest.into(),
            variables: BTreeMap::new(),
            cache: None,
            public: Limit {
                running: 128,
                waiting: 1024,
            },
            limits: BTreeMap::new(),
            uninterrupted: BTreeSet::new(),
            callbacks: BTreeSet::new(),
            chained: 256,
            patience: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
            memory: 96 << 20,
            body: 12 << 20,
            workers: thread::available_parallelism().map_or(1, usize::from),
            connections: 10_000,
            head: Duration::from_secs(15),
            grace: Duration::from_secs(10),
            outbound: Timeouts {
                connect: Duration::from_secs(5),
                first_byte: Duration::from_secs(20),
                between_bytes: Duration::from_secs(20),
            },
            log: Arc::new(|line| {
                // Nobody is left to tell that stderr is gone.
                let _ = writeln!(io::stderr().lock(), "{line}");
            }),
            progress: Arc::new(|_| {}),
        }
    }
}
