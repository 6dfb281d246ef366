use mysql_async::{Conn, consts::StatusFlags, prelude::Queryable as _};
use tokio::time::Instant;

use super::{answer::Answer, error::MySqlError, field::Field};

/// A connection to a database.
pub(crate) struct Connection {
    pub(super) conn: Conn,
    pub(super) used: Instant,
}

impl Connection {
    pub(super) fn new(conn: Conn) -> Self {
        Self {
            conn,
            used: Instant::now(),
        }
    }

    /// Runs one statement. An answer with more than `limit` bytes of values is an error, and the
    /// connection is not good any more.
    pub(super) async fn run(&mut self, sql: &str, limit: usize) -> Result<Answer, MySqlError> {
        let mut result = self.conn.query_iter(sql).await?;
        let mut answer = Answer {
            fields: result.columns_ref().iter().map(Field::of).collect(),
            ..Answer::default()
        };
        let mut left = limit;
        while let Some(row) = result.next().await? {
            let size = answer.add(row).ok_or(MySqlError::Connection)?;
            left = left.checked_sub(size).ok_or(MySqlError::TooLarge)?;
        }
        answer.affected = result.affected_rows();
        answer.insert_id = result.last_insert_id().unwrap_or_default();
        drop(result);
        self.used = Instant::now();
        Ok(answer)
    }

    /// Whether a transaction is open, as the database said last.
    pub(super) fn is_in_transaction(&self) -> bool {
        let last = self.conn.last_ok_packet();
        last.is_some_and(|ok| {
            ok.status_flags()
                .contains(StatusFlags::SERVER_STATUS_IN_TRANS)
        })
    }

    /// Rolls back, and takes away whatever the session has left.
    pub(super) async fn reset(&mut self) -> Result<(), MySqlError> {
        self.used = Instant::now();
        if self.conn.reset().await? {
            Ok(())
        } else {
            Err(MySqlError::Connection)
        }
    }
}
