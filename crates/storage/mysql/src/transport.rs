use std::rc::Rc;

use async_trait::async_trait;
use http::HeaderValue;
use iam_config::Endpoint;
use iam_platform::Platform;
use iam_storage_sql::{Dialect, Row, SqlError, SqlTransport, Statement};

use crate::{error::Failure, literal::complete, session::Session};

/// How often a unit of work is tried again that conflicted with others.
const RETRIES: usize = 100;

/// How many of these one costs that waited until the server gave up: seconds each time.
const LOCKED: usize = RETRIES / 2;

const SERIALIZABLE: &str = "set session transaction isolation level serializable";

/// Where units that have conflicted wait for each other: of a hundred that go on to read and then
/// write the same rows, each would else be another's deadlock for as long as they try.
const QUEUE: &str = "select version from schema_migrations where version = 1 for update";

/// A server that speaks `PlanetScale`'s protocol, such as `PlanetScale` itself or our gateway.
pub struct MySqlTransport {
    platform: Rc<dyn Platform>,
    url: String,
    authorization: HeaderValue,
}

impl MySqlTransport {
    /// The database that `authorization` is for at `endpoint`: its user's name and password, or the
    /// name of a database and the token of our gateway (RFC 7617).
    #[must_use]
    pub fn new(
        platform: Rc<dyn Platform>,
        endpoint: &Endpoint,
        authorization: HeaderValue,
    ) -> Self {
        Self {
            platform,
            url: endpoint.join("/psdb.v1alpha1.Database/Execute"),
            authorization,
        }
    }

    /// Runs `unit`; if it is `again`, one at a time with all others that are.
    async fn attempt(&self, unit: &[Statement], again: bool) -> Result<Vec<Vec<Row>>, Failure> {
        let mut session = Session::new(&*self.platform, &self.url, &self.authorization);
        if let [statement] = unit
            && statement.guard().is_none()
        {
            return Ok(vec![run(&mut session, statement).await?]);
        }
        session.execute(SERIALIZABLE).await?;
        session.execute("begin").await?;
        if again {
            session.execute(QUEUE).await?;
        }
        match run_all(&mut session, unit).await {
            Ok(rows) => {
                session.execute("commit").await?;
                Ok(rows)
            }
            Err(failure) => {
                // If this is lost too, the server does it after a while.
                let _ = session.execute("rollback").await;
                Err(failure)
            }
        }
    }
}

async fn run_all(session: &mut Session<'_>, unit: &[Statement]) -> Result<Vec<Vec<Row>>, Failure> {
    let mut all = Vec::with_capacity(unit.len());
    for statement in unit {
        all.push(run(session, statement).await?);
    }
    Ok(all)
}

async fn run(session: &mut Session<'_>, statement: &Statement) -> Result<Vec<Row>, Failure> {
    let outcome = session.execute(&complete(statement)).await?;
    if let Some(rows) = statement.guard()
        && outcome.changed()? != rows
    {
        return Err(SqlError::Guard.into());
    }
    Ok(outcome.into_rows()?)
}

#[async_trait(?Send)]
impl SqlTransport for MySqlTransport {
    fn dialect(&self) -> Dialect {
        Dialect::MySql
    }

    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        let mut left = RETRIES;
        loop {
            let cost = match self.attempt(unit, left < RETRIES).await {
                Ok(rows) => return Ok(rows),
                Err(Failure::Sql(error)) => return Err(error),
                Err(Failure::Conflict) => 1,
                Err(Failure::Locked) => LOCKED,
            };
            left = left.checked_sub(cost).ok_or_else(|| {
                SqlError::Unavailable("too many others at the same rows".to_owned())
            })?;
        }
    }
}
