use std::sync::Arc;

use super::{
    connection::Connection,
    error::PostgresError,
    query::{Answer, Query},
    target::PostgresTarget,
};
use crate::{
    Limits,
    pool::{Driver, Pool},
};

/// How connections to one Postgres are made.
pub(crate) struct Postgres {
    pub(crate) target: PostgresTarget,
    pub(crate) limits: Limits,
}

impl Driver for Postgres {
    type Connection = Connection;
    type Error = PostgresError;

    async fn open(&self) -> Result<Connection, PostgresError> {
        Connection::open(&self.target, self.limits).await
    }

    async fn is_quiet(&self, connection: &mut Connection) -> bool {
        connection.is_quiet().await
    }

    async fn ping(&self, connection: &mut Connection) -> Result<(), PostgresError> {
        connection.ping().await
    }

    async fn close(&self, connection: Connection) {
        connection.close().await;
    }
}

/// Runs `queries` on a connection of their own, as [`Connection::run`] says.
pub(crate) async fn run(
    pool: &Arc<Pool<Postgres>>,
    begin: Option<&str>,
    queries: &[Query],
) -> Result<Vec<Answer>, PostgresError> {
    let mut lease = pool.take().await?;
    let mut outcome = pool.timed(lease.run(begin, queries)).await;
    // A table has changed since its statement was prepared. Nothing was done.
    if matches!(&outcome, Err(PostgresError::Database(error)) if error.is_stale_plan()) {
        lease = lease.renewed().await?;
        outcome = pool.timed(lease.run(begin, queries)).await;
    }
    if let Ok(_) | Err(PostgresError::Database(_)) = outcome {
        lease.keep();
    }
    outcome
}
