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

#[cfg(test)]
mod tests {
    use rusqlite::{ErrorCode, types::FromSql};
    use tempfile::{TempDir, tempdir};
    use tokio::time::Instant;

    use super::{Connection, Database};

    fn database() -> (Database, TempDir) {
        let dir = tempdir().unwrap();
        let database = Database::open(&dir.path().join("test.db")).unwrap();
        (database, dir)
    }

    fn pragma<T: FromSql>(connection: &Connection, name: &str) -> T {
        let sql = format!("pragma {name}");
        connection
            .raw()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_connection_is_set_up_to_keep_what_it_was_given() {
        let (database, _dir) = database();
        for connection in [database.take().unwrap(), database.take().unwrap()] {
            assert_eq!(pragma::<String>(&connection, "journal_mode"), "wal");
            assert_eq!(pragma::<i64>(&connection, "synchronous"), 2, "full");
            assert_eq!(pragma::<i64>(&connection, "foreign_keys"), 1);
        }
    }

    #[test]
    fn what_reaches_beyond_the_database_or_the_stream_is_not_let_through() {
        let (database, dir) = database();
        let connection = database.take().unwrap();
        let other = dir.path().join("other.db");
        for sql in [
            format!("attach '{}' as other", other.display()),
            format!("vacuum into '{}'", other.display()),
            "create temp table x (a)".to_owned(),
            "create temp view x as select 1".to_owned(),
            "pragma journal_mode = delete".to_owned(),
            "pragma synchronous = off".to_owned(),
            "pragma writable_schema = on".to_owned(),
            "pragma temp_store_directory = '/'".to_owned(),
            "PRAGMA Query_Only = 1".to_owned(),
            "update sqlite_schema set sql = ''".to_owned(),
            "select load_extension('x')".to_owned(),
        ] {
            assert!(connection.raw().execute_batch(&sql).is_err(), "{sql}");
        }
        assert!(!other.exists());
    }

    #[test]
    fn a_connection_goes_back_without_its_transaction() {
        let (database, _dir) = database();
        let connection = database.take().unwrap();
        connection
            .raw()
            .execute_batch("create table t (a); begin immediate; insert into t values (1)")
            .unwrap();
        database.give_back(connection);
        let connection = database.take().unwrap();
        assert!(connection.is_autocommit());
        let count = connection
            .raw()
            .query_row("select count(*) from t", [], |row| row.get::<_, i64>(0));
        assert_eq!(count.unwrap(), 0);
    }

    #[test]
    fn a_connection_that_behaves_differently_is_not_used_again() {
        let (database, _dir) = database();
        let connection = database.take().unwrap();
        connection
            .raw()
            .execute_batch("pragma foreign_keys = off")
            .unwrap();
        assert_eq!(pragma::<i64>(&connection, "foreign_keys"), 0);
        database.give_back(connection);
        assert_eq!(pragma::<i64>(&database.take().unwrap(), "foreign_keys"), 1);
    }

    #[test]
    fn what_runs_too_long_is_interrupted_and_the_connection_lives_on() {
        let (database, _dir) = database();
        let connection = database.take().unwrap();
        connection.interrupt_at(Instant::now());
        let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) \
                       select count(*) from n";
        let outcome = connection
            .raw()
            .query_row(endless, [], |row| row.get::<_, i64>(0));
        let code = outcome.unwrap_err().sqlite_error_code();
        assert_eq!(code, Some(ErrorCode::OperationInterrupted));
        database.give_back(connection);
        assert_eq!(pragma::<i64>(&database.take().unwrap(), "user_version"), 0);
    }
}
