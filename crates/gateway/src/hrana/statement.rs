use std::borrow::Cow;

use rusqlite::{Batch, CachedStatement, ErrorCode, StatementStatus, types::ValueRef};
use tokio::time::Instant;

use super::{
    error::StatementError,
    protocol::{Column, Description, NamedArg, Parameter, StatementResult},
    results::Budget,
    value::Value,
};
use crate::database::{Connection, Kind};

/// A statement with all it needs.
pub(crate) struct Query<'a> {
    pub(crate) sql: &'a str,
    pub(crate) args: &'a [Value],
    pub(crate) named_args: &'a [NamedArg],
    pub(crate) want_rows: bool,
}

/// The longest text whose statement is kept prepared, for it is kept with it.
const MAX_CACHED_BYTES: usize = 8192;

impl Query<'_> {
    /// Refuses what is wrong whatever the database holds: no statement, two of them, bad grammar,
    /// or both kinds of arguments.
    pub(crate) fn check(&self, connection: &Connection) -> Result<(), StatementError> {
        self.check_arguments()?;
        if Kind::of(self.sql) == Kind::Pragma {
            // To prepare it would be to run it.
            return Ok(());
        }
        match self.prepare(connection) {
            Err(
                error @ (StatementError::Many | StatementError::None | StatementError::Parse(_)),
            ) => Err(error),
            // A table that is not there may be made by the step before.
            Err(_) => Ok(()),
            Ok(statement) => {
                self.put_away(statement);
                Ok(())
            }
        }
    }

    /// Runs the statement to its end.
    pub(crate) fn execute(
        &self,
        connection: &Connection,
        budget: &mut Budget,
    ) -> Result<StatementResult, StatementError> {
        self.check_arguments()?;
        let start = Instant::now();
        let mut statement = self.prepare(connection)?;
        let outcome = self.run(connection, &mut statement, budget);
        self.put_away(statement);
        let mut result = outcome?;
        result.query_duration_ms = start.elapsed().as_secs_f64() * 1000.0;
        Ok(result)
    }

    const fn check_arguments(&self) -> Result<(), StatementError> {
        if self.args.is_empty() || self.named_args.is_empty() {
            Ok(())
        } else {
            Err(StatementError::ArgsBoth)
        }
    }

    fn run(
        &self,
        connection: &Connection,
        statement: &mut rusqlite::Statement<'_>,
        budget: &mut Budget,
    ) -> Result<StatementResult, StatementError> {
        self.bind(statement)?;
        let rows = self.rows(statement, budget)?;
        let kind = Kind::of(self.sql);
        let changes = matches!(kind, Kind::Change | Kind::Insert);
        let inserts = kind == Kind::Insert;
        let raw = connection.raw();
        Ok(StatementResult {
            // After the rows: a change of the schema shows at the first of them.
            cols: columns(statement),
            rows,
            affected_row_count: if changes { raw.changes() } else { 0 },
            last_insert_rowid: inserts.then(|| raw.last_insert_rowid().to_string()),
            replication_index: (),
            rows_read: count(statement, StatementStatus::RowsRead),
            rows_written: count(statement, StatementStatus::RowsWritten),
            query_duration_ms: 0.0,
        })
    }

    /// Keeps `statement` prepared, unless it is too long.
    fn put_away(&self, statement: CachedStatement<'_>) {
        if self.sql.len() > MAX_CACHED_BYTES {
            statement.discard();
        }
    }

    fn prepare<'c>(
        &self,
        connection: &'c Connection,
    ) -> Result<CachedStatement<'c>, StatementError> {
        refuse_nul(self.sql)?;
        match Kind::of(self.sql) {
            Kind::Empty => Err(StatementError::None),
            _ if has_many(connection, self.sql)? => Err(StatementError::Many),
            _ => {
                let prepared = connection.raw().prepare_cached(self.sql);
                prepared.map_err(StatementError::of_preparing)
            }
        }
    }

    /// Gives every parameter its value. Each needs one, and there must be no value too many.
    fn bind(&self, statement: &mut rusqlite::Statement<'_>) -> Result<(), StatementError> {
        let (expected, given) = (
            statement.parameter_count(),
            self.args.len() + self.named_args.len(),
        );
        if given > expected {
            return Err(StatementError::ArgsInvalid(format!(
                "too many parameters, expected {expected} found {given}"
            )));
        }
        for index in 1..=expected {
            let name = statement.parameter_name(index);
            let Some(value) = self.argument(index, name) else {
                // `explain` shows a plan, for which values do not matter.
                if statement.is_explain() > 0 {
                    return Ok(());
                }
                let name = name.map_or_else(|| index.to_string().into(), Cow::from);
                return Err(StatementError::ArgsInvalid(format!(
                    "value for parameter {name} not found"
                )));
            };
            statement.raw_bind_parameter(index, value)?;
        }
        Ok(())
    }

    /// The argument for the parameter called `name`, or for a bare `?` the one at its place.
    fn argument(&self, index: usize, name: Option<&str>) -> Option<&Value> {
        let Some(name) = name else {
            return self.args.get(index - 1);
        };
        if let Some(number) = name.strip_prefix('?') {
            let number: usize = number.parse().ok()?;
            return self.args.get(number.checked_sub(1)?);
        }
        let find = |name: &str| self.named_args.iter().rev().find(|arg| arg.name == name);
        let bare = || name.get(1..).and_then(find);
        find(name).or_else(bare).map(|arg| &arg.value)
    }

    fn rows(
        &self,
        statement: &mut rusqlite::Statement<'_>,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<Value>>, StatementError> {
        let mut collected = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if !self.want_rows {
                continue;
            }
            let width = row.as_ref().column_count();
            let cells = (0..width).map(|column| value(row.get_ref(column)?));
            let cells: Vec<_> = cells.collect::<Result<_, _>>()?;
            budget.spend(&cells)?;
            collected.push(cells);
        }
        Ok(collected)
    }
}

/// Runs the statements of `sql` one after the other, up to the first that fails.
pub(crate) fn sequence(connection: &Connection, sql: &str) -> Result<(), StatementError> {
    refuse_nul(sql)?;
    let mut batch = Batch::new(connection.raw(), sql);
    while let Some(mut statement) = batch.next().map_err(StatementError::of_preparing)? {
        Query::plain(sql).bind(&mut statement)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
    }
    Ok(())
}

/// What the first statement of `sql` takes and gives. It is not run.
pub(crate) fn describe(connection: &Connection, sql: &str) -> Result<Description, StatementError> {
    refuse_nul(sql)?;
    let statement = connection.raw().prepare(sql)?;
    let parameter = |index| Parameter {
        name: statement.parameter_name(index).map(str::to_owned),
    };
    Ok(Description {
        params: (1..=statement.parameter_count()).map(parameter).collect(),
        cols: columns(&statement),
        is_explain: statement.is_explain() != 0,
        is_readonly: statement.readonly(),
    })
}

impl<'a> Query<'a> {
    const fn plain(sql: &'a str) -> Self {
        Self {
            sql,
            args: &[],
            named_args: &[],
            want_rows: false,
        }
    }
}

/// libSQL would run what is before it and ignore the rest.
fn refuse_nul(sql: &str) -> Result<(), StatementError> {
    if sql.contains('\0') {
        return Err(StatementError::Parse("unrecognized token: NUL".to_owned()));
    }
    Ok(())
}

/// Whether `sql` has a second statement, which libSQL would not run and not tell.
fn has_many(connection: &Connection, sql: &str) -> Result<bool, StatementError> {
    let body = sql.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    if !body.contains(';') {
        return Ok(false);
    }
    // That one may be in a text, a comment or a trigger: the grammar has to tell.
    let mut batch = Batch::new(connection.raw(), sql);
    batch.next().map_err(StatementError::of_preparing)?;
    // A second one with an error is a second one.
    Ok(!matches!(batch.next(), Ok(None)))
}

fn columns(statement: &rusqlite::Statement<'_>) -> Vec<Column> {
    let column = |column: rusqlite::Column<'_>| Column {
        name: column.name().to_owned(),
        decltype: column.decl_type().map(str::to_owned),
    };
    statement.columns().into_iter().map(column).collect()
}

/// A counter of the statement, back to zero for its next run.
fn count(statement: &rusqlite::Statement<'_>, status: StatementStatus) -> u64 {
    statement.reset_status(status).try_into().unwrap_or(0)
}

fn value(value: ValueRef<'_>) -> Result<Value, StatementError> {
    Value::try_from(value).map_err(|_| StatementError::Sqlite {
        code: ErrorCode::TypeMismatch,
        message: "a text is not valid UTF-8".to_owned(),
    })
}

#[cfg(test)]
mod tests;
