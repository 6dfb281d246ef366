use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use wasmtime::Engine;

/// Makes guests that compute give way to each other: it moves the engine's epoch on, while any
/// of them runs. An idle host is not woken up.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

struct Shared {
    running: AtomicUsize,
    stopped: AtomicBool,
}

/// Counts as a running guest until it is dropped.
pub(crate) struct Running(Arc<Shared>);

/// How a guest says that it runs.
#[derive(Clone)]
pub(crate) struct Bell {
    shared: Arc<Shared>,
    thread: thread::Thread,
}

impl Ticker {
    pub(crate) fn start(engine: Engine) -> Self {
        let shared = Arc::new(Shared {
            running: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || tick(&engine, &shared)
        });
        Self { shared, thread }
    }

    pub(crate) fn bell(&self) -> Bell {
        Bell {
            shared: Arc::clone(&self.shared),
            thread: self.thread.thread().clone(),
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        self.thread.thread().unpark();
    }
}

impl Bell {
    pub(crate) fn ring(&self) -> Running {
        if self.shared.running.fetch_add(1, Ordering::AcqRel) == 0 {
            self.thread.unpark();
        }
        Running(Arc::clone(&self.shared))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

fn tick(engine: &Engine, shared: &Shared) {
    while !shared.stopped.load(Ordering::Acquire) {
        // A ring between the two is not lost: `park` returns at once after an `unpark`.
        if shared.running.load(Ordering::Acquire) == 0 {
            thread::park();
        } else {
            thread::sleep(TICK);
            engine.increment_epoch();
        }
    }
}

/// For how long a guest may compute while others wait.
const TICK: Duration = Duration::from_millis(1);
