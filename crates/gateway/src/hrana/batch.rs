use super::{
    conditions::Ran,
    error::{Failure, ProtocolError},
    protocol::{Batch, BatchResult, ErrorBody, Version},
    request::Sqls,
    results::Budget,
    statement::Query,
};
use crate::database::Connection;

/// Runs the steps of `batch` whose conditions hold. One that is malformed is refused as a whole,
/// before its first step.
pub(crate) fn run(
    connection: &Connection,
    sqls: &Sqls,
    version: Version,
    batch: &Batch,
    budget: &mut Budget,
) -> Result<BatchResult, Failure> {
    let queries = check(connection, sqls, version, batch)?;
    let mut result = BatchResult::default();
    let mut ran = Vec::with_capacity(queries.len());
    for (query, step) in queries.iter().zip(&batch.steps) {
        let condition = step.condition.as_ref();
        let runs = condition.is_none_or(|c| c.holds(&ran, connection.is_autocommit()));
        let (what, rows, error) = if runs {
            match query.execute(connection, budget) {
                Ok(rows) => (Ran::Succeeded, Some(rows), None),
                Err(error) => (Ran::Failed, None, Some(ErrorBody::from(&error))),
            }
        } else {
            (Ran::Skipped, None, None)
        };
        ran.push(what);
        result.step_results.push(rows);
        result.step_errors.push(error);
    }
    Ok(result)
}

fn check<'a>(
    connection: &Connection,
    sqls: &'a Sqls,
    version: Version,
    batch: &'a Batch,
) -> Result<Vec<Query<'a>>, Failure> {
    let mut queries = Vec::with_capacity(batch.steps.len());
    for (number, step) in batch.steps.iter().enumerate() {
        let query = step.stmt.query(sqls)?;
        query.check(connection)?;
        if let Some(condition) = &step.condition {
            condition.check(version, number)?;
        }
        queries.push(query);
    }
    Ok(queries)
}

/// The result of a batch none of whose steps ran, because `error` came first.
pub(crate) fn all_failed(
    sqls: &Sqls,
    batch: &Batch,
    error: impl Fn() -> ErrorBody,
) -> Result<BatchResult, ProtocolError> {
    let mut result = BatchResult::default();
    for step in &batch.steps {
        step.stmt.query(sqls)?;
        result.step_results.push(None);
        result.step_errors.push(Some(error()));
    }
    Ok(result)
}
