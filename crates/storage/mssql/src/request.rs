//! What we send.

use iam_storage_sql::{Dialect, Statement, Value};
use serde::Serialize;

/// How a batch begins, which [`Dialect::SqlServer`] makes of what is recursive.
const BATCH: &str = "set nocount on; ";

/// The body of `POST /v1/sqlserver`.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    database: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    isolation: Option<&'static str>,
    statements: Vec<Sent<'a>>,
}

#[derive(Serialize)]
struct Sent<'a> {
    sql: String,
    params: Vec<Param<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
}

/// A parameter, as Hrana has it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Param<'a> {
    Integer { value: String },
    Null,
    Text { value: &'a str },
}

impl<'a> Body<'a> {
    /// The statements of `unit` for the database of this alias.
    pub(crate) fn of(database: &'a str, unit: &'a [Statement]) -> Self {
        let statements: Vec<_> = unit.iter().map(Sent::of).collect();
        let is_alone = match statements.as_slice() {
            [sent] => sent.rows.is_none() && !sent.sql.starts_with(BATCH),
            _ => false,
        };
        Self {
            database,
            isolation: (!is_alone).then_some("serializable"),
            statements,
        }
    }
}

impl<'a> Sent<'a> {
    fn of(statement: &'a Statement) -> Self {
        let param = |value: &'a Value| match value {
            Value::Integer(number) => Param::Integer {
                value: number.to_string(),
            },
            Value::Null => Param::Null,
            Value::Text(text) => Param::Text { value: text },
        };
        Self {
            sql: statement.sql(Dialect::SqlServer).into_owned(),
            params: statement.parameters().iter().map(param).collect(),
            rows: statement.guard(),
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::{Statement, Value};
    use serde_json::json;

    use super::Body;

    #[test]
    fn a_statement_goes_alone_unless_it_has_a_guard_or_is_a_batch() {
        let plain = [Statement::new("select ?, ?, ?")
            .bind(i64::MAX)
            .bind("é'")
            .bind(Value::Null)];
        assert_eq!(
            serde_json::to_value(Body::of("default", &plain)).unwrap(),
            json!({ "database": "default", "statements": [{
                "sql": "select @P1, @P2, @P3",
                "params": [
                    { "type": "integer", "value": "9223372036854775807" },
                    { "type": "text", "value": "é'" },
                    { "type": "null" },
                ],
            }] })
        );
        let guarded = [Statement::new("delete from t where id = ?")
            .bind(1)
            .exactly(1)];
        let body = serde_json::to_value(Body::of("default", &guarded)).unwrap();
        assert_eq!(body["isolation"], "serializable");
        assert_eq!(body["statements"][0]["rows"], 1);
        let walk = "with recursive a(id) as (select id from t union \
                    select u.id from a cross join u where u.of = a.id) select id from a a";
        let body = [Statement::new(walk)];
        let body = serde_json::to_value(Body::of("default", &body)).unwrap();
        assert_eq!(body["isolation"], "serializable");
    }
}
