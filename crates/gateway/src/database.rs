//! The database file: connections to it, what may be done by them, and whose turn it is to write.

mod connection;
mod file;
mod policy;
mod sql;
mod turn;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

pub(crate) use self::{
    connection::Connection,
    sql::Kind,
    turn::{Turn, WriteTurn},
};
use crate::GatewayError;

/// How many pipelines run at once. In WAL mode readers do not wait for anybody, so this is for
/// the processors; a writer waits for its turn before it counts here.
const RUNNING: usize = 8;

/// How many idle connections are kept, with what they have cached and prepared.
const KEPT: usize = RUNNING;

/// An open database file.
pub(crate) struct Database {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    pub(crate) running: Arc<Semaphore>,
    pub(crate) turn: WriteTurn,
}

impl Database {
    /// Opens the file at `path`, or makes it. Blocks.
    pub(crate) fn open(path: &Path) -> Result<Self, GatewayError> {
        let first = file::open(path)?;
        Ok(Self {
            path: path.to_owned(),
            idle: Mutex::new(vec![first]),
            running: Arc::new(Semaphore::new(RUNNING)),
            turn: WriteTurn::new(),
        })
    }

    /// A connection nobody else has. Blocks.
    pub(crate) fn take(&self) -> rusqlite::Result<Connection> {
        // The one that was used last, for its caches are warm.
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| Connection::open(&self.path), Ok)
    }

    /// Takes a connection back; a transaction that is open on it is rolled back. Blocks.
    pub(crate) fn give_back(&self, connection: Connection) {
        connection.roll_back();
        if !connection.is_as_new() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(connection);
        }
    }
}
