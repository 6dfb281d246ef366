use std::{sync::Arc, thread, time::Duration};

use tokio::{
    sync::OwnedSemaphorePermit,
    task::spawn_blocking,
    time::{Instant, sleep_until},
};

use super::{
    error::{Failure, PipelineError, ProtocolError, StatementError},
    protocol::{ErrorBody, Outcome, Request, Version},
    request::{Sqls, take_turn},
    results::{Budget, Results},
};
use crate::database::{Connection, Database, Turn};

/// How long a pipeline may run; `iam` waits no longer for an answer.
const RUN_LIMIT: Duration = Duration::from_secs(10);

/// How long a stream may keep its turn to write while others wait for theirs.
const TURN_LIMIT: Duration = Duration::from_secs(5);

/// A connection, the transaction that may be open on it, and stored texts. Dropping it rolls the
/// transaction back, gives the connection to the pool and then lets the next one write.
pub(crate) struct Stream {
    database: Arc<Database>,
    /// Taken when first needed.
    connection: Option<Connection>,
    pub(super) sqls: Sqls,
    closed: bool,
    deadline: Instant,
    /// The transaction was rolled back and the client does not know yet.
    rolled_back: bool,
    /// The turn to write, and since when.
    turn: Option<(Turn, Instant)>,
}

impl Stream {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self {
            database,
            connection: None,
            sqls: Sqls::new(),
            closed: false,
            deadline: Instant::now(),
            rolled_back: false,
            turn: None,
        }
    }

    /// Waits until `requests` may run. On an error the stream is as it was.
    pub(crate) async fn permit(
        &mut self,
        requests: &[Request],
    ) -> Result<OwnedSemaphorePermit, PipelineError> {
        if self.turn.is_none() && take_turn(requests, &self.sqls) {
            let turn = self.database.turn.take().await;
            let turn = turn.ok_or(PipelineError::Overloaded)?;
            self.turn = Some((turn, Instant::now()));
        }
        let running = Arc::clone(&self.database.running);
        let permit = running.acquire_owned().await;
        permit.map_err(|_| PipelineError::Internal)
    }

    /// Runs `requests` on a thread that may block, and gives their outcomes as JSON. An error has
    /// ended the stream.
    pub(crate) async fn run(
        mut self,
        permit: OwnedSemaphorePermit,
        version: Version,
        requests: Vec<Request>,
    ) -> Result<(Self, Vec<u8>), PipelineError> {
        spawn_blocking(move || {
            let _permit = permit;
            let results = self.perform(version, requests)?;
            Ok((self, results))
        })
        .await?
    }

    fn perform(
        &mut self,
        version: Version,
        requests: Vec<Request>,
    ) -> Result<Vec<u8>, ProtocolError> {
        self.deadline = Instant::now() + RUN_LIMIT;
        let (mut results, mut budget) = (Results::new(), Budget::new());
        for request in requests {
            results.push(&match request.run(self, version, &mut budget) {
                Ok(response) => Outcome::Ok { response },
                Err(Failure::Protocol(error)) => return Err(error),
                Err(Failure::Statement(error)) => Outcome::Error {
                    error: ErrorBody::from(&error),
                },
            });
        }
        if self
            .connection
            .as_ref()
            .is_none_or(Connection::is_autocommit)
        {
            self.turn = None;
        }
        Ok(results.into_json())
    }

    /// The connection, and the texts that were stored.
    pub(super) fn connect(&mut self) -> Result<(&Connection, &Sqls), Failure> {
        if self.closed {
            return Err(ProtocolError::StreamClosed.into());
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.database.take().map_err(StatementError::from)?,
        };
        connection.interrupt_at(self.deadline);
        Ok((self.connection.insert(connection), &self.sqls))
    }

    /// Whether the transaction was rolled back for being late. True once for each time.
    pub(super) const fn was_rolled_back(&mut self) -> bool {
        std::mem::replace(&mut self.rolled_back, false)
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        self.give_back();
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Waits until this stream has had its turn to write for long enough and others want it; for
    /// ever if it has none.
    pub(super) async fn outstayed(&mut self) {
        match &self.turn {
            None => std::future::pending().await,
            Some((_, since)) => {
                sleep_until(*since + TURN_LIMIT).await;
                self.database.turn.wanted().await;
            }
        }
    }

    /// Rolls the transaction back, on a thread that may block, and lets others write.
    pub(super) async fn roll_back(mut self) -> Result<Self, PipelineError> {
        let rolled_back = spawn_blocking(move || {
            if let Some(connection) = &self.connection {
                connection.roll_back();
            }
            self.rolled_back = true;
            self.turn = None;
            self
        });
        Ok(rolled_back.await?)
    }

    fn give_back(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.database.give_back(connection);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // After a panic nobody knows what the connection is like: it is closed.
        if !thread::panicking() {
            self.give_back();
        }
    }
}
