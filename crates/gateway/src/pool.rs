//! Connections to one database: how many there are, who waits for one and for how long, and what
//! is counted of it.
//!
//! An engine says how a connection is opened, looked at and closed ([`Driver`]); everything else
//! about it is here. A unit of work takes a [`Lease`], runs within [`Pool::timed`], and keeps the
//! connection if it is still good. A lease that is dropped closes it: nothing that was left in
//! the middle is ever used again.

mod counts;
mod lease;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use thiserror::Error;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use self::lease::Connection;
pub(crate) use self::{
    counts::{Counted, Counts, seconds},
    lease::Lease,
};
use crate::Limits;

/// How connections to one database are made.
pub(crate) trait Driver: Send + Sync + 'static {
    /// An open connection, which has a name and a password behind it.
    type Connection: Send + 'static;
    /// Why there is no connection, or no answer on it.
    type Error: From<PoolError> + Send;

    /// A new connection, ready for work. The pool says how long it may take.
    fn open(&self) -> impl Future<Output = Result<Self::Connection, Self::Error>> + Send;

    /// Whether an idle connection can still be used, as far as can be seen without asking.
    fn is_quiet(&self, connection: &mut Self::Connection) -> impl Future<Output = bool> + Send;

    /// Asks the database for a sign of life.
    fn ping(
        &self,
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Says good-bye.
    fn close(&self, connection: Self::Connection) -> impl Future<Output = ()> + Send;
}

/// Why the pool gave no connection or no answer.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub(crate) enum PoolError {
    /// All connections are at work and stayed so, or too many wait already. Nothing was done.
    #[error("all connections to the database are busy")]
    Busy,
    /// No connection could be opened in time. Nothing was done.
    #[error("the database cannot be reached")]
    Unreachable,
    /// The unit of work took too long; whether it was done, nobody can tell.
    #[error("the database took too long")]
    TooSlow,
}

/// The connections to one database.
pub(crate) struct Pool<D: Driver> {
    driver: D,
    limits: Limits,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Idle<D>>>,
    counts: Counts,
}

struct Idle<D: Driver> {
    connection: Connection<D>,
    since: Instant,
}

impl<D: Driver> Pool<D> {
    /// No connection yet: the first who needs one opens it.
    pub(crate) fn new(driver: D, limits: Limits, counts: Counts) -> Arc<Self> {
        Arc::new(Self {
            driver,
            limits,
            places: Arc::new(Semaphore::new(limits.connections)),
            idle: Mutex::new(Vec::new()),
            counts,
        })
    }

    /// What clients may use of it.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A connection nobody else has: one that was used before, if there is one, or a new one.
    pub(crate) async fn take(self: &Arc<Self>) -> Result<Lease<D>, D::Error> {
        let place = self.place().await?;
        let connection = match self.idle_and_alive().await {
            Some(connection) => connection,
            None => self.open().await?,
        };
        Ok(Lease::new(Arc::clone(self), connection, place))
    }

    /// Awaits `work` on a connection of this pool, for as long as a unit of work may take.
    pub(crate) async fn timed<T>(
        &self,
        work: impl Future<Output = Result<T, D::Error>>,
    ) -> Result<T, D::Error> {
        let started = Instant::now();
        let done = timeout(self.limits.unit_timeout(), work).await;
        self.counts.worked(started.elapsed());
        done.unwrap_or_else(|_| {
            self.counts.timed_out();
            Err(PoolError::TooSlow.into())
        })
    }

    /// Whether the database answers. While all connections are at work nobody is made to wait for
    /// the question: it is taken for well then.
    pub(crate) async fn is_well(self: &Arc<Self>) -> bool {
        if self.places.available_permits() == 0 {
            return true;
        }
        let Ok(mut lease) = self.take().await else {
            return false;
        };
        let ping = self.driver.ping(&mut lease);
        let answer = timeout(self.limits.connect_timeout, ping).await;
        let well = matches!(answer, Ok(Ok(())));
        if well {
            lease.keep();
        }
        well
    }

    /// Closes what has been idle for too long.
    pub(crate) async fn sweep(&self) {
        let is_old = |idle: &mut Idle<D>| idle.since.elapsed() >= self.limits.idle_timeout;
        let old: Vec<_> = self.idle().extract_if(.., is_old).collect();
        for idle in old {
            self.close_one(idle.connection).await;
        }
    }

    /// Gives no connection any more and closes what is idle; what is at work is closed once it is
    /// done.
    pub(crate) async fn close(&self) {
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for idle in idle {
            self.close_one(idle.connection).await;
        }
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, PoolError> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let place = match self.counts.wait(self.limits.waiting) {
            Some(_waiting) => {
                let place = Arc::clone(&self.places).acquire_owned();
                timeout(self.limits.wait_timeout, place).await.ok()
            }
            None => None,
        };
        place.and_then(Result::ok).ok_or_else(|| {
            self.counts.refused();
            PoolError::Busy
        })
    }

    /// A connection that was used before, the last one first. One that the database has closed
    /// meanwhile is found out here, since once something was sent nobody can tell whether it was
    /// done.
    async fn idle_and_alive(&self) -> Option<Connection<D>> {
        loop {
            let mut idle = self.idle().pop()?;
            self.counts.idle_fewer();
            let is_fresh = idle.since.elapsed() < self.limits.idle_timeout;
            if is_fresh && self.driver.is_quiet(idle.connection.get()).await {
                return Some(idle.connection);
            }
        }
    }

    async fn open(&self) -> Result<Connection<D>, D::Error> {
        let opened = timeout(self.limits.connect_timeout, self.driver.open()).await;
        match opened {
            Ok(Ok(connection)) => Ok(Connection::new(connection, self.counts.opened())),
            Ok(Err(error)) => {
                self.counts.open_failed();
                Err(error)
            }
            Err(_) => {
                self.counts.open_failed();
                Err(PoolError::Unreachable.into())
            }
        }
    }

    /// Takes a connection back that is as good as new.
    fn give_back(&self, connection: Connection<D>) {
        let mut idle = self.idle();
        // Under the lock: who closes the pool finds it in the list, or it is closed here.
        if !self.places.is_closed() {
            let since = Instant::now();
            idle.push(Idle { connection, since });
            self.counts.idle_more();
        }
    }

    async fn close_one(&self, connection: Connection<D>) {
        self.counts.idle_fewer();
        let (connection, _counted): (_, Counted) = connection.into_parts();
        // A database that does not listen to a good-bye is not waited for.
        let _ = timeout(self.limits.connect_timeout, self.driver.close(connection)).await;
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
