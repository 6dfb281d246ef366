use std::collections::HashMap;

use super::{
    batch,
    error::{Failure, ProtocolError, StatementError},
    protocol::{Batch, ErrorBody, Request, Response, SqlText, Statement, Version},
    results::Budget,
    statement::{self, Query},
    stream::Stream,
};
use crate::database::Kind;

/// How many texts a stream may store, and how long each may be.
const MAX_STORED: usize = 50;
const MAX_STORED_BYTES: usize = 5000;

/// Texts that were stored, by their numbers.
pub(crate) type Sqls = HashMap<i32, String>;

/// Whether one of `requests` may write, and so is to wait for its turn.
pub(crate) fn take_turn(requests: &[Request], stored: &Sqls) -> bool {
    let mut known: HashMap<_, _> = stored.iter().map(|(id, sql)| (*id, sql.as_str())).collect();
    let writes = |text: &SqlText, known: &HashMap<i32, &str>| {
        let stored = || text.sql_id.and_then(|id| known.get(&id).copied());
        let sql = text.sql.as_deref().or_else(stored);
        // What is not known is not found either when it is to run.
        sql.is_some_and(|sql| Kind::of(sql).takes_turn())
    };
    requests.iter().any(|request| match request {
        Request::Batch { batch } => {
            let mut steps = batch.steps.iter();
            steps.any(|step| writes(&step.stmt.text, &known))
        }
        Request::Execute { stmt } => writes(&stmt.text, &known),
        Request::Sequence(_) => true,
        Request::StoreSql { sql_id, sql } => {
            known.insert(*sql_id, sql);
            false
        }
        Request::Close
        | Request::CloseSql { .. }
        | Request::Describe(_)
        | Request::GetAutocommit => false,
    })
}

impl Request {
    /// Does what is asked.
    pub(crate) fn run(
        self,
        stream: &mut Stream,
        version: Version,
        budget: &mut Budget,
    ) -> Result<Response, Failure> {
        match self {
            Self::Batch { batch } => run_batch(stream, version, &batch, budget),
            Self::Close => {
                stream.close();
                Ok(Response::Close)
            }
            Self::CloseSql { sql_id } => {
                stream.sqls.remove(&sql_id);
                Ok(Response::CloseSql)
            }
            Self::Describe(text) => {
                let (connection, sqls) = stream.connect()?;
                let result = statement::describe(connection, text.resolve(sqls)?)?;
                Ok(Response::Describe { result })
            }
            Self::Execute { stmt } => execute(stream, &stmt, budget),
            Self::GetAutocommit if version < Version::V3 => {
                Err(ProtocolError::NotSupported("The `get_autocommit` request").into())
            }
            Self::GetAutocommit => Ok(Response::GetAutocommit {
                is_autocommit: stream.connect()?.0.is_autocommit(),
            }),
            Self::Sequence(text) => run_sequence(stream, &text),
            Self::StoreSql { sql_id, sql } => store(&mut stream.sqls, sql_id, sql),
        }
    }
}

fn run_batch(
    stream: &mut Stream,
    version: Version,
    batch: &Batch,
    budget: &mut Budget,
) -> Result<Response, Failure> {
    let late = stream.was_rolled_back();
    let (connection, sqls) = stream.connect()?;
    let result = if late {
        batch::all_failed(sqls, batch, || ErrorBody::from(&StatementError::TimedOut))?
    } else {
        batch::run(connection, sqls, version, batch, budget)?
    };
    Ok(Response::Batch { result })
}

fn execute(
    stream: &mut Stream,
    statement: &Statement,
    budget: &mut Budget,
) -> Result<Response, Failure> {
    let late = stream.was_rolled_back();
    let (connection, sqls) = stream.connect()?;
    let query = statement.query(sqls)?;
    refuse_if(late)?;
    let result = query.execute(connection, budget)?;
    Ok(Response::Execute { result })
}

fn run_sequence(stream: &mut Stream, text: &SqlText) -> Result<Response, Failure> {
    let late = stream.was_rolled_back();
    let (connection, sqls) = stream.connect()?;
    let sql = text.resolve(sqls)?;
    refuse_if(late)?;
    statement::sequence(connection, sql)?;
    Ok(Response::Sequence)
}

const fn refuse_if(late: bool) -> Result<(), StatementError> {
    if late {
        Err(StatementError::TimedOut)
    } else {
        Ok(())
    }
}

fn store(sqls: &mut Sqls, sql_id: i32, sql: String) -> Result<Response, Failure> {
    if sqls.contains_key(&sql_id) {
        return Err(ProtocolError::SqlExists(sql_id).into());
    }
    if sqls.len() >= MAX_STORED {
        return Err(StatementError::StoreTooMany(sqls.len()).into());
    }
    if sql.len() > MAX_STORED_BYTES {
        return Err(StatementError::StoreTooLarge {
            size: sql.len(),
            limit: MAX_STORED_BYTES,
        }
        .into());
    }
    sqls.insert(sql_id, sql);
    Ok(Response::StoreSql)
}

impl SqlText {
    fn resolve<'a>(&'a self, sqls: &'a Sqls) -> Result<&'a str, ProtocolError> {
        match (&self.sql, self.sql_id) {
            (None, None) => Err(ProtocolError::SqlMissing),
            (None, Some(id)) => match sqls.get(&id) {
                Some(sql) => Ok(sql),
                None => Err(ProtocolError::SqlNotFound(id)),
            },
            (Some(sql), None) => Ok(sql),
            (Some(_), Some(_)) => Err(ProtocolError::SqlAndId),
        }
    }
}

impl Statement {
    pub(crate) fn query<'a>(&'a self, sqls: &'a Sqls) -> Result<Query<'a>, ProtocolError> {
        Ok(Query {
            sql: self.text.resolve(sqls)?,
            args: &self.args,
            named_args: &self.named_args,
            want_rows: self.want_rows.unwrap_or(true),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Request, Sqls, take_turn};

    #[track_caller]
    fn check(requests: Value, expected: bool) {
        let text = requests.to_string();
        let requests: Vec<Request> = serde_json::from_value(requests).unwrap();
        let stored = Sqls::from([(1, "select 1".to_owned()), (2, "delete from t".to_owned())]);
        assert_eq!(take_turn(&requests, &stored), expected, "{text}");
    }

    #[test]
    fn only_what_may_write_waits_for_its_turn() {
        let execute = |sql| json!({"type": "execute", "stmt": {"sql": sql}});
        check(json!([execute("select 1"), {"type": "close"}]), false);
        check(json!([execute("begin"), execute("commit")]), false);
        check(json!([execute("select 1"), execute("delete from t")]), true);
        check(json!([{"type": "sequence", "sql": "select 1"}]), true);
        check(json!([{"type": "describe", "sql": "delete from t"}]), false);
        let batch = |sql| json!({"type": "batch", "batch": {"steps": [{"stmt": {"sql": sql}}]}});
        check(json!([batch("select 1")]), false);
        check(json!([batch("insert into t values (1)")]), true);
    }

    #[test]
    fn a_stored_text_is_known_for_what_it_is() {
        let execute = |id| json!({"type": "execute", "stmt": {"sql_id": id}});
        let store = |sql| json!({"type": "store_sql", "sql_id": 3, "sql": sql});
        check(json!([execute(1)]), false);
        check(json!([execute(2)]), true);
        check(json!([execute(3)]), false);
        check(json!([store("select 1"), execute(3)]), false);
        check(json!([store("drop table t"), execute(3)]), true);
    }
}
