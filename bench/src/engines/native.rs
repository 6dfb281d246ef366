//! Each engine's own driver.

mod mongo;
mod mysql;
mod postgres;
mod sqlite;

use std::cell::RefCell;

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use iam_storage_sql::{Dialect, Value};
use tokio::sync::{Semaphore, SemaphorePermit};

use self::{mongo::Mongo, mysql::MySql, postgres::Postgres, sqlite::Sqlite};
use super::question::Question;

/// How many connections a driver has: as many as our gateway.
const CONNECTIONS: usize = 20;

/// A driver with its connections.
#[async_trait(?Send)]
pub(super) trait Native {
    /// The SQL that it is to be asked in, if any.
    fn dialect(&self) -> Option<Dialect>;

    /// Whether there is a server between it and the data.
    fn has_server(&self) -> bool {
        true
    }

    /// Asks, reads every value of the answer, and says how many there were.
    async fn ask(&self, question: &Question) -> Result<usize>;
}

/// The driver for the engine with this scheme, connected to `target`.
pub(super) async fn open(scheme: &str, target: &str) -> Result<Box<dyn Native>> {
    Ok(match scheme {
        "libsql" => Box::new(Sqlite::open(target)?),
        "postgres" => Box::new(Postgres::open(target).await?),
        "mysql" => Box::new(MySql::open(target).await?),
        "mongodb" => Box::new(Mongo::open(target).await?),
        _ => bail!("no driver for {scheme}"),
    })
}

fn sql_of(question: &Question) -> Result<(&str, &[Value])> {
    match question {
        Question::Sql { sql, parameters } => Ok((sql, parameters)),
        Question::Login(_) | Question::Ping => bail!("this database is asked in SQL"),
    }
}

/// Connections, of which the one that was used last is used next, as our gateway does it.
struct Pool<T> {
    free: RefCell<Vec<T>>,
    places: Semaphore,
}

/// A connection that nobody else uses.
struct Taken<'a, T> {
    connection: Option<T>,
    pool: &'a Pool<T>,
    _place: SemaphorePermit<'a>,
}

impl<T> Pool<T> {
    async fn open(connect: impl AsyncFn() -> Result<T>) -> Result<Self> {
        let mut free = Vec::new();
        for _ in 0..CONNECTIONS {
            free.push(connect().await?);
        }
        Ok(Self {
            free: RefCell::new(free),
            places: Semaphore::new(CONNECTIONS),
        })
    }

    async fn take(&self) -> Result<Taken<'_, T>> {
        let place = self.places.acquire().await?;
        Ok(Taken {
            connection: self.free.borrow_mut().pop(),
            pool: self,
            _place: place,
        })
    }
}

impl<T> Taken<'_, T> {
    fn get(&mut self) -> Result<&mut T> {
        self.connection.as_mut().context("no connection")
    }
}

impl<T> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        self.pool.free.borrow_mut().extend(self.connection.take());
    }
}
