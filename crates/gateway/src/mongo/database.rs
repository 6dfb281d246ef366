//! One database: the driver's connections to it, and what may run on them at once.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mongodb::{
    Client, Database as Handle,
    bson::{Document, doc},
    event::{EventHandler, cmap::CmapEvent},
    options::{ClientOptions, Tls, TlsOptions},
};
use tokio::{
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use super::{error::MongoError, target::MongoTarget};
use crate::{Limits, backend::Backend, pool::Counts};

/// A database and the client that speaks to it. The driver has a pool of its own, watches the
/// servers of a replica set and finds the primary; how many requests may come to it, and for how
/// long, is decided here.
pub(crate) struct Database {
    target: MongoTarget,
    limits: Limits,
    counts: Counts,
    client: OnceCell<Client>,
    places: Arc<Semaphore>,
    /// Those that have a place and those that wait for one.
    queue: Arc<Semaphore>,
}

/// A right to speak to the database, for one request.
struct Place {
    _queue: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Database {
    /// No connection yet: the first who needs one opens it.
    pub(crate) fn new(target: MongoTarget, limits: Limits, counts: Counts) -> Self {
        let many = limits.connections.saturating_add(limits.waiting);
        Self {
            target,
            limits,
            counts,
            client: OnceCell::new(),
            places: Arc::new(Semaphore::new(limits.connections)),
            queue: Arc::new(Semaphore::new(many.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Awaits `work` in a place of its own, for as long as a unit of work may take.
    pub(crate) async fn timed<T>(
        &self,
        work: impl Future<Output = Result<T, MongoError>>,
    ) -> Result<T, MongoError> {
        let _place = self.place().await.inspect_err(|_| {
            self.counts.refused.inc();
        })?;
        let started = Instant::now();
        let done = timeout(self.limits.unit_timeout(), work).await;
        let took = started.elapsed().as_secs_f64();
        self.counts.seconds.observe(took);
        done.unwrap_or_else(|_| {
            self.counts.timed_out.inc();
            Err(MongoError::TooSlow)
        })
    }

    async fn place(&self) -> Result<Place, MongoError> {
        let queue = Arc::clone(&self.queue).try_acquire_owned();
        let queue = queue.map_err(|_| MongoError::Busy)?;
        self.counts.waiting.inc();
        let place = Arc::clone(&self.places).acquire_owned();
        let place = timeout(self.limits.wait_timeout, place).await;
        self.counts.waiting.dec();
        let place = place.ok().and_then(Result::ok).ok_or(MongoError::Busy)?;
        Ok(Place {
            _queue: queue,
            _place: place,
        })
    }

    /// The answer to `command`, which is command `step` of its request.
    pub(crate) async fn run(&self, step: usize, command: Document) -> Result<Document, MongoError> {
        let answer = self.handle().await?.run_command(command).await;
        answer.map_err(|error| MongoError::driver(&error, step))
    }

    /// The documents that a query finds, of `room` bytes at most.
    pub(crate) async fn find(
        &self,
        step: usize,
        query: Document,
        room: &mut usize,
    ) -> Result<Vec<Document>, MongoError> {
        let failed = |error| MongoError::driver(&error, step);
        let cursor = self.handle().await?.run_cursor_command(query).await;
        let mut cursor = cursor.map_err(failed)?;
        let mut documents = Vec::new();
        while cursor.advance().await.map_err(failed)? {
            let document = cursor.current();
            let size = document.as_bytes().len();
            *room = room.checked_sub(size).ok_or(MongoError::TooLarge)?;
            let document = Document::try_from(document).map_err(|_| MongoError::Unreachable)?;
            documents.push(document);
        }
        Ok(documents)
    }

    async fn handle(&self) -> Result<Handle, MongoError> {
        let client = self.client.get_or_try_init(|| self.connect()).await?;
        Ok(client.database(&self.target.database))
    }

    async fn connect(&self) -> Result<Client, MongoError> {
        let mut options = ClientOptions::parse(self.target.url.expose())
            .await
            .map_err(|_| MongoError::Unreachable)?;
        options.app_name = Some("iam gateway".to_owned());
        options.max_pool_size = u32::try_from(self.limits.connections).ok();
        options.max_idle_time = Some(self.limits.idle_timeout);
        options.connect_timeout = Some(self.limits.connect_timeout);
        options.server_selection_timeout = Some(self.limits.connect_timeout);
        if self.target.tls && options.tls.is_none() {
            options.tls = Some(Tls::Enabled(TlsOptions::default()));
        }
        let counts = self.counts.clone();
        let handler = EventHandler::callback(move |event| count(&counts, &event));
        options.cmap_event_handler = Some(handler);
        Client::with_options(options).map_err(|_| MongoError::Unreachable)
    }

    /// How long the database may work on one command.
    pub(crate) fn max_time_ms(&self) -> i64 {
        i64::try_from(self.limits.statement_timeout.as_millis()).unwrap_or(i64::MAX)
    }

    /// The most that the documents of one answer take.
    pub(crate) const fn response_bytes(&self) -> usize {
        self.limits.response_bytes
    }
}

/// Counts what the driver says of its connections. One that ends was given back before.
fn count(counts: &Counts, event: &CmapEvent) {
    match event {
        CmapEvent::ConnectionCreated(_) => {
            counts.opened.inc();
            counts.open.inc();
            counts.idle.inc();
        }
        CmapEvent::ConnectionClosed(_) => {
            counts.open.dec();
            counts.idle.dec();
        }
        CmapEvent::ConnectionCheckedOut(_) => {
            counts.idle.dec();
        }
        CmapEvent::ConnectionCheckedIn(_) => {
            counts.idle.inc();
        }
        CmapEvent::ConnectionCheckoutFailed(_) => {
            counts.open_failed.inc();
        }
        _ => {}
    }
}

#[async_trait]
impl Backend for Database {
    async fn is_well(&self) -> bool {
        let ping = self.timed(self.run(0, doc! { "ping": 1 }));
        let limit: Duration = self.limits.connect_timeout;
        matches!(timeout(limit, ping).await, Ok(Ok(_)))
    }

    /// The driver does this by itself.
    async fn sweep(&self) {}

    async fn close(&self) {
        self.queue.close();
        if let Some(client) = self.client.get() {
            client.clone().shutdown().await;
        }
    }
}
