use std::sync::Arc;

use super::{
    connection::Connection,
    error::SqlServerError,
    request::{Answer, Statement, Unit},
    target::SqlServerTarget,
};
use crate::{
    Limits,
    pool::{Driver, Pool},
};

/// How connections to one SQL Server are made.
pub(crate) struct Server {
    pub(super) target: SqlServerTarget,
    pub(super) limits: Limits,
}

impl Driver for Server {
    type Connection = Connection;
    type Error = SqlServerError;

    async fn open(&self) -> Result<Connection, SqlServerError> {
        Connection::open(&self.target, self.limits).await
    }

    async fn is_quiet(&self, connection: &mut Connection) -> bool {
        connection.is_quiet()
    }

    async fn ping(&self, connection: &mut Connection) -> Result<(), SqlServerError> {
        connection.order("select 1").await
    }

    async fn close(&self, connection: Connection) {
        connection.close().await;
    }
}

/// Runs a unit of work on a connection of its own.
pub(super) async fn run(
    pool: &Arc<Pool<Server>>,
    unit: Unit,
    limits: Limits,
) -> Result<Vec<Answer>, SqlServerError> {
    let mut lease = pool.take().await?;
    let outcome = pool.timed(unit.run_on(&mut lease, limits)).await;
    if outcome.as_ref().err().is_none_or(SqlServerError::is_over) {
        lease.keep();
    }
    outcome
}

impl Unit {
    async fn run_on(
        self,
        connection: &mut Connection,
        limits: Limits,
    ) -> Result<Vec<Answer>, SqlServerError> {
        if self.isolation.is_none() {
            return run_all(connection, self.statements, limits).await;
        }
        connection.order("begin transaction").await?;
        match run_all(connection, self.statements, limits).await {
            Ok(answers) => {
                connection.order("commit transaction").await?;
                Ok(answers)
            }
            Err(error) if error.is_over() => {
                // Some errors have ended the transaction already.
                connection
                    .order("if @@trancount > 0 rollback transaction")
                    .await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }
}

async fn run_all(
    connection: &mut Connection,
    statements: Vec<Statement>,
    limits: Limits,
) -> Result<Vec<Answer>, SqlServerError> {
    let mut left = limits.response_bytes;
    let mut answers = Vec::with_capacity(statements.len());
    for (at, statement) in statements.into_iter().enumerate() {
        let rows = statement.rows;
        let (answer, changed) = connection.run(statement, &mut left).await?;
        if rows.is_some_and(|rows| rows != changed) {
            return Err(SqlServerError::Guard(at));
        }
        answers.push(answer);
    }
    Ok(answers)
}
