//! A migration on an engine that commits at every definition, where no unit of work can hold it.
//!
//! It goes step by step: one statement, and a note in `schema_steps` that it was done. A runner that
//! ends in between leaves a step that was done and not noted; whoever comes next is told that what
//! it makes is there, or that what it drops is not, and notes it. A statement that is no definition
//! is in one transaction with its note, and is done once. The record in `schema_migrations` comes
//! last.
//!
//! Each step is done under a lock of the session, and only if the note says that it is the next:
//! of two runners, each finds what the other did, and neither does a step of long ago again. A
//! runner that dies loses the lock with its session.

use crate::{Row, SqlError, SqlTransport, Statement};

/// A lock that is held until it is let go or the session ends, whatever commits in between. The
/// texts have no parameters.
pub(crate) struct SessionLock {
    /// A query that takes it, or gives up after a while.
    pub(crate) take: &'static str,
    /// A condition: it is held by this session.
    pub(crate) held: &'static str,
    /// A query that lets it go.
    pub(crate) release: &'static str,
}

const CREATE_TABLE: &str = "\
    create table if not exists schema_steps (\
    version bigint not null primary key, \
    done bigint not null, \
    attempts bigint not null)";

const BEGIN: &str = "insert into schema_steps (version, done, attempts) values (?, 0, 0)";

const DONE: &str = "select done from schema_steps where version = ?";

const NOTE: &str = "update schema_steps set done = done + 1 where version = ? and done = ?";

/// Does the steps to `version` that were not done yet, and then writes its `record`.
pub(super) async fn run(
    transport: &dyn SqlTransport,
    lock: &SessionLock,
    version: i64,
    steps: &[Statement],
    record: &Statement,
) -> Result<(), SqlError> {
    transport.execute(&[Statement::new(CREATE_TABLE)]).await?;
    let begin = Statement::new(BEGIN).bind(version);
    unless_another_did(transport.execute(&[begin]).await)?;
    let mut next = done(transport, version).await?;
    while let Some(step) = usize::try_from(next).ok().and_then(|next| steps.get(next)) {
        take_step(transport, lock, (version, next), step).await?;
        let now = done(transport, version).await?;
        if now == next {
            let text = "another program migrates, and does not get on".to_owned();
            return Err(SqlError::Unavailable(text));
        }
        next = now;
    }
    unless_another_did(transport.execute(std::slice::from_ref(record)).await)
}

/// Does a step and notes it, unless another has.
async fn take_step(
    transport: &dyn SqlTransport,
    lock: &SessionLock,
    place: (i64, i64),
    step: &Statement,
) -> Result<(), SqlError> {
    let outcome = transport.execute(&unit(lock, place, Some(step))).await;
    let outcome = match outcome {
        Err(SqlError::Redundant) => transport.execute(&unit(lock, place, None)).await,
        outcome => outcome,
    };
    match outcome {
        Ok(_) | Err(SqlError::Guard) => Ok(()),
        Err(error) => Err(error),
    }
}

fn unit(
    lock: &SessionLock,
    (version, done): (i64, i64),
    step: Option<&Statement>,
) -> Vec<Statement> {
    let is_next = format!(
        "update schema_steps set attempts = attempts + 1 where version = ? and done = ? and {}",
        lock.held
    );
    let at = |statement: Statement| statement.bind(version).bind(done).exactly(1);
    let mut unit = vec![Statement::new(lock.take), at(Statement::new(is_next))];
    unit.extend(step.cloned());
    unit.push(at(Statement::new(NOTE)));
    unit.push(Statement::new(lock.release));
    unit
}

async fn done(transport: &dyn SqlTransport, version: i64) -> Result<i64, SqlError> {
    let query = Statement::new(DONE).bind(version);
    let answers = transport.execute(&[query]).await?;
    let row = answers.into_iter().flatten().next();
    let done = row.and_then(|mut row: Row| row.of("schema_steps").integer("done").ok());
    done.ok_or_else(|| SqlError::Internal("the steps of a migration are not there".to_owned()))
}

fn unless_another_did<T>(outcome: Result<T, SqlError>) -> Result<(), SqlError> {
    match outcome {
        Ok(_) | Err(SqlError::Unique) => Ok(()),
        Err(error) => Err(error),
    }
}
