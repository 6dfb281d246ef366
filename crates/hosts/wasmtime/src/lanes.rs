//! Where guests run: most give way to each other, and some do not.

use tokio::runtime::{Builder, Handle, Runtime};
use wasmtime::{Engine, component::Linker};

use crate::{engine, error::StartError, instance::State, loading::Cache, options::HostOptions};

/// An engine, and the threads that run its guests.
pub(crate) struct Lane {
    pub(crate) linker: Linker<State>,
    pub(crate) cache: Option<Cache>,
    threads: Runtime,
}

/// The lanes of a host.
pub(crate) struct Lanes<'a> {
    options: &'a HostOptions,
    shared: Lane,
    /// `None` if nothing runs there.
    uninterrupted: Option<Lane>,
}

impl<'a> Lanes<'a> {
    pub(crate) fn new(options: &'a HostOptions) -> Result<Self, StartError> {
        let shared = Lane::new(engine::interruptible(options), options, options.workers)?;
        let threads = |id| {
            options
                .limits
                .get(id)
                .map_or(options.workers, |limit| limit.running)
        };
        let threads = options.uninterrupted.iter().map(threads).sum();
        let uninterrupted = (threads > 0)
            .then(|| Lane::new(engine::uninterrupted(options), options, threads))
            .transpose()?;
        Ok(Self {
            options,
            shared,
            uninterrupted,
        })
    }

    /// The lane of a component.
    pub(crate) fn of(&self, component: &str) -> &Lane {
        let lane = self.uninterrupted.as_ref();
        let lane = lane.filter(|_| self.options.uninterrupted.contains(component));
        lane.unwrap_or(&self.shared)
    }

    /// The engine whose guests give way.
    pub(crate) fn interruptible(&self) -> Engine {
        self.shared.linker.engine().clone()
    }

    /// The threads, which go on for as long as these are kept.
    pub(crate) fn into_threads(self) -> Vec<Runtime> {
        let lanes = self.uninterrupted.into_iter().chain([self.shared]);
        lanes.map(|lane| lane.threads).collect()
    }
}

impl Lane {
    fn new(
        engine: wasmtime::Result<Engine>,
        options: &HostOptions,
        threads: usize,
    ) -> Result<Self, StartError> {
        let error = |error: wasmtime::Error| StartError::Engine(format!("{error:#}"));
        let engine = engine.map_err(error)?;
        let cache = options.cache.as_deref();
        let cache = cache
            .map(|folder| Cache::open(folder, &engine))
            .transpose()?;
        let threads = Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("guest")
            .enable_all()
            // Guests give way every millisecond. What came in from outside, and timers, must
            // not wait for many of these turns.
            .global_queue_interval(1)
            .event_interval(4)
            .build()
            .map_err(|error| StartError::Engine(error.to_string()))?;
        Ok(Self {
            linker: engine::linker(&engine).map_err(error)?,
            cache,
            threads,
        })
    }

    /// Starts guests.
    pub(crate) fn threads(&self) -> Handle {
        self.threads.handle().clone()
    }
}
