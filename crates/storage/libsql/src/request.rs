//! What we send, as the Hrana 3 specification names it.

use std::borrow::Cow;

use iam_storage_sql::{Dialect, Statement, Value};
use serde::Serialize;

/// The body of `POST /v3/pipeline`.
#[derive(Serialize)]
pub(crate) struct Pipeline<'a> {
    /// Null: a new stream.
    baton: (),
    requests: [Request<'a>; 2],
}

impl<'a> Pipeline<'a> {
    /// One request on a stream of its own, which is closed after it.
    pub(crate) const fn single(request: Request<'a>) -> Self {
        Self {
            baton: (),
            requests: [request, Request::Close],
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Request<'a> {
    Batch { batch: Batch<'a> },
    Close,
    Execute { stmt: Stmt<'a> },
}

#[derive(Serialize)]
pub(crate) struct Batch<'a> {
    pub(crate) steps: &'a [Step<'a>],
}

#[derive(Serialize)]
pub(crate) struct Step<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<Condition>,
    pub(crate) stmt: Stmt<'a>,
}

/// What must hold for a step to run.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Condition {
    IsAutocommit,
    Not { cond: Box<Self> },
    Ok { step: usize },
}

#[derive(Serialize)]
pub(crate) struct Stmt<'a> {
    sql: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<Arg<'a>>,
}

impl Stmt<'static> {
    pub(crate) const fn plain(sql: &'static str) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            args: Vec::new(),
        }
    }

    /// A statement whose only parameter is a number.
    pub(crate) fn with_number(sql: &'static str, number: u64) -> Self {
        let value = number.to_string();
        Self {
            sql: Cow::Borrowed(sql),
            args: vec![Arg::Integer { value }],
        }
    }
}

impl<'a> From<&'a Statement> for Stmt<'a> {
    fn from(statement: &'a Statement) -> Self {
        Self {
            sql: statement.sql(Dialect::Sqlite),
            args: statement.parameters().iter().map(Into::into).collect(),
        }
    }
}

/// A parameter. Integers are text, because JSON's numbers end at 2^53 for many readers.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Arg<'a> {
    Integer { value: String },
    Null,
    Text { value: &'a str },
}

impl<'a> From<&'a Value> for Arg<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Integer(number) => Self::Integer {
                value: number.to_string(),
            },
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text { value: text },
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::{Statement, Value};
    use serde_json::json;

    use super::{Pipeline, Request};

    #[test]
    fn a_statement_goes_as_an_execute_and_a_close() {
        let statement = Statement::new("select ?, ?, ?")
            .bind(i64::MAX)
            .bind("é'")
            .bind(Value::Null);
        let pipeline = Pipeline::single(Request::Execute {
            stmt: (&statement).into(),
        });
        assert_eq!(
            serde_json::to_value(&pipeline).unwrap(),
            json!({"baton": null, "requests": [
                {"type": "execute", "stmt": {"sql": "select ?, ?, ?", "args": [
                    {"type": "integer", "value": "9223372036854775807"},
                    {"type": "text", "value": "é'"},
                    {"type": "null"},
                ]}},
                {"type": "close"},
            ]})
        );
    }
}
