//! What we send, as Neon's proxy reads it.

use iam_storage_sql::{Dialect, Statement, Value};
use serde::Serialize;

/// The body of `POST /sql`.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Body<'a> {
    Batch { queries: Vec<Query<'a>> },
    Single(Query<'a>),
}

#[derive(Serialize)]
pub(crate) struct Query<'a> {
    query: String,
    params: Vec<Option<Param<'a>>>,
}

/// A parameter. All are texts to Postgres: of a JSON array it would make an array of its own.
#[derive(Serialize)]
#[serde(untagged)]
enum Param<'a> {
    Integer(String),
    Text(&'a str),
}

impl<'a> Body<'a> {
    /// One statement as it is; several, or one with a guard, as a batch.
    pub(crate) fn of(unit: &'a [Statement]) -> Self {
        match unit {
            [statement] if statement.guard().is_none() => Self::Single(Query::of(statement)),
            _ => Self::Batch {
                queries: unit.iter().map(Query::of).collect(),
            },
        }
    }

    pub(crate) const fn is_batch(&self) -> bool {
        matches!(self, Self::Batch { .. })
    }
}

impl<'a> Query<'a> {
    fn of(statement: &'a Statement) -> Self {
        let sql = statement.sql(Dialect::Postgres);
        let param = |value: &'a Value| match value {
            Value::Integer(number) => Some(Param::Integer(number.to_string())),
            Value::Null => None,
            Value::Text(text) => Some(Param::Text(text)),
        };
        Self {
            query: match statement.guard() {
                Some(rows) => guarded(&sql, rows),
                None => sql.into_owned(),
            },
            params: statement.parameters().iter().map(param).collect(),
        }
    }
}

/// `sql`, an insert, update or delete, which divides by zero unless it changes this many rows.
fn guarded(sql: &str, rows: u64) -> String {
    format!(
        "with changed as ({sql} returning 1) \
         select 1 / (case when count(*) = {rows} then 1 else 0 end) from changed"
    )
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::{Statement, Value};
    use serde_json::json;

    use super::Body;

    #[test]
    fn a_statement_goes_alone_unless_it_has_a_guard() {
        let plain = [Statement::new("select ?, ?, ?")
            .bind(i64::MAX)
            .bind("é'")
            .bind(Value::Null)];
        assert_eq!(
            serde_json::to_value(Body::of(&plain)).unwrap(),
            json!({
                "query": "select $1::bigint, $2::text, $3",
                "params": ["9223372036854775807", "é'", null],
            })
        );
        let guarded = [Statement::new("delete from t where id = ?")
            .bind(1)
            .exactly(1)];
        let sql = "with changed as (delete from t where id = $1::bigint returning 1) \
                   select 1 / (case when count(*) = 1 then 1 else 0 end) from changed";
        assert_eq!(
            serde_json::to_value(Body::of(&guarded)).unwrap(),
            json!({ "queries": [{ "query": sql, "params": ["1"] }] })
        );
    }
}
