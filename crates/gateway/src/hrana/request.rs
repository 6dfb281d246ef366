use std::collections::HashMap;

use super::{
    batch,
    error::{Failure, ProtocolError, StatementError},
    protocol::{ErrorBody, Request, Response, SqlText, Statement, Version},
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

impl Request {
    /// Whether it may write, and so is to wait for its turn. Of a stored text we do not know.
    pub(crate) fn takes_turn(&self) -> bool {
        match self {
            Self::Batch { batch } => batch.steps.iter().any(|step| step.stmt.text.takes_turn()),
            Self::Execute { stmt } => stmt.text.takes_turn(),
            Self::Sequence(_) => true,
            Self::Close
            | Self::CloseSql { .. }
            | Self::Describe(_)
            | Self::GetAutocommit
            | Self::StoreSql { .. } => false,
        }
    }

    /// Does what is asked.
    pub(crate) fn run(
        self,
        stream: &mut Stream,
        version: Version,
        budget: &mut Budget,
    ) -> Result<Response, Failure> {
        Ok(match self {
            Self::Batch { batch } => {
                let late = stream.was_rolled_back();
                let (connection, sqls) = stream.connect()?;
                let result = if late {
                    batch::all_failed(sqls, &batch, || ErrorBody::from(&StatementError::TimedOut))?
                } else {
                    batch::run(connection, sqls, version, &batch, budget)?
                };
                Response::Batch { result }
            }
            Self::Close => {
                stream.close();
                Response::Close
            }
            Self::CloseSql { sql_id } => {
                stream.sqls.remove(&sql_id);
                Response::CloseSql
            }
            Self::Describe(text) => {
                let (connection, sqls) = stream.connect()?;
                let result = statement::describe(connection, text.resolve(sqls)?)?;
                Response::Describe { result }
            }
            Self::Execute { stmt } => {
                let late = stream.was_rolled_back();
                let (connection, sqls) = stream.connect()?;
                let query = stmt.query(sqls)?;
                refuse_if(late)?;
                let result = query.execute(connection, budget)?;
                Response::Execute { result }
            }
            Self::GetAutocommit if version < Version::V3 => {
                Err(ProtocolError::NotSupported("The `get_autocommit` request"))?
            }
            Self::GetAutocommit => Response::GetAutocommit {
                is_autocommit: stream.connect()?.0.is_autocommit(),
            },
            Self::Sequence(text) => {
                let late = stream.was_rolled_back();
                let (connection, sqls) = stream.connect()?;
                let sql = text.resolve(sqls)?;
                refuse_if(late)?;
                statement::sequence(connection, sql)?;
                Response::Sequence
            }
            Self::StoreSql { sql_id, sql } => {
                store(&mut stream.sqls, sql_id, sql)?;
                Response::StoreSql
            }
        })
    }
}

const fn refuse_if(late: bool) -> Result<(), StatementError> {
    if late {
        Err(StatementError::TimedOut)
    } else {
        Ok(())
    }
}

fn store(sqls: &mut Sqls, sql_id: i32, sql: String) -> Result<(), Failure> {
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
    Ok(())
}

impl SqlText {
    fn takes_turn(&self) -> bool {
        self.sql
            .as_ref()
            .is_none_or(|sql| Kind::of(sql).takes_turn())
    }

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
