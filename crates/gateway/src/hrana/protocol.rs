//! What clients send and what they get, as the Hrana specification names it.

use serde::{Deserialize, Serialize};

use super::value::Value;

/// Of the protocol; version 3 asks for whether the stream is in a transaction.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Version {
    V2,
    V3,
}

/// The body of a request.
#[derive(Deserialize)]
pub(crate) struct Pipeline {
    #[serde(default)]
    pub(crate) baton: Option<String>,
    pub(crate) requests: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Request {
    Batch { batch: Batch },
    Close,
    CloseSql { sql_id: i32 },
    Describe(SqlText),
    Execute { stmt: Statement },
    GetAutocommit,
    Sequence(SqlText),
    StoreSql { sql_id: i32, sql: String },
}

/// A text, or the number of one that was stored before.
#[derive(Deserialize)]
pub(crate) struct SqlText {
    pub(crate) sql: Option<String>,
    pub(crate) sql_id: Option<i32>,
}

#[derive(Deserialize)]
pub(crate) struct Statement {
    #[serde(flatten)]
    pub(crate) text: SqlText,
    #[serde(default)]
    pub(crate) args: Vec<Value>,
    #[serde(default)]
    pub(crate) named_args: Vec<NamedArg>,
    /// Rows are wanted unless this says no.
    pub(crate) want_rows: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct NamedArg {
    /// With or without its `:`, `@` or `$`.
    pub(crate) name: String,
    pub(crate) value: Value,
}

#[derive(Deserialize)]
pub(crate) struct Batch {
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize)]
pub(crate) struct Step {
    #[serde(default)]
    pub(crate) condition: Option<Condition>,
    pub(crate) stmt: Statement,
}

/// What must hold for a step to run.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Condition {
    And { conds: Vec<Self> },
    Error { step: usize },
    IsAutocommit,
    Not { cond: Box<Self> },
    Ok { step: usize },
    Or { conds: Vec<Self> },
}

/// What became of a request.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Outcome {
    Error { error: ErrorBody },
    Ok { response: Response },
}

#[derive(Serialize)]
pub(crate) struct ErrorBody {
    pub(crate) message: String,
    pub(crate) code: &'static str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Response {
    Batch { result: BatchResult },
    Close,
    CloseSql,
    Describe { result: Description },
    Execute { result: StatementResult },
    GetAutocommit { is_autocommit: bool },
    Sequence,
    StoreSql,
}

/// Of a step that did not run, both entries are null.
#[derive(Default, Serialize)]
pub(crate) struct BatchResult {
    pub(crate) step_results: Vec<Option<StatementResult>>,
    pub(crate) step_errors: Vec<Option<ErrorBody>>,
    /// For replicas, of which there are none.
    pub(crate) replication_index: (),
}

#[derive(Serialize)]
pub(crate) struct StatementResult {
    pub(crate) cols: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
    /// Rows inserted, updated or deleted.
    pub(crate) affected_row_count: u64,
    /// Decimal, after an insertion only.
    pub(crate) last_insert_rowid: Option<String>,
    /// For replicas, of which there are none.
    pub(crate) replication_index: (),
    pub(crate) rows_read: u64,
    pub(crate) rows_written: u64,
    pub(crate) query_duration_ms: f64,
}

#[derive(Serialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// As the table declares it; none for an expression.
    pub(crate) decltype: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Description {
    pub(crate) params: Vec<Parameter>,
    pub(crate) cols: Vec<Column>,
    pub(crate) is_explain: bool,
    pub(crate) is_readonly: bool,
}

#[derive(Serialize)]
pub(crate) struct Parameter {
    /// With its `:`, `@`, `$` or `?`; none for a bare `?`.
    pub(crate) name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{Pipeline, Request};

    fn parse(json: &str) -> Result<Pipeline, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn every_kind_of_request_is_understood() {
        let pipeline = parse(
            r#"{"baton":null,"requests":[
            {"type":"execute","stmt":{"sql":"select ?","args":[{"type":"null"}],"want_rows":true}},
            {"type":"execute","stmt":{"sql_id":1,"named_args":[{"name":":a","value":{"type":"null"}}]}},
            {"type":"batch","batch":{"steps":[{"stmt":{"sql":"a"}},{"condition":
              {"type":"and","conds":[{"type":"not","cond":{"type":"is_autocommit"}},
              {"type":"or","conds":[{"type":"ok","step":0},{"type":"error","step":0}]}]},
              "stmt":{"sql":"b"}}]}},
            {"type":"sequence","sql":"a;b"},{"type":"describe","sql_id":1},
            {"type":"store_sql","sql_id":1,"sql":"a"},{"type":"close_sql","sql_id":1},
            {"type":"get_autocommit"},{"type":"close"}]}"#,
        )
        .unwrap();
        assert_eq!(pipeline.requests.len(), 9);
        assert!(matches!(pipeline.requests[8], Request::Close));
    }

    #[test]
    fn a_baton_may_be_left_out_and_requests_may_not() {
        assert!(parse(r#"{"requests":[]}"#).is_ok());
        assert!(parse(r#"{"baton":null}"#).is_err());
    }

    #[test]
    fn a_condition_nested_without_end_is_refused() {
        let condition = format!(
            "{}{{\"type\":\"is_autocommit\"}}{}",
            "{\"type\":\"not\",\"cond\":".repeat(100_000),
            "}".repeat(100_000)
        );
        let json = format!(
            r#"{{"requests":[{{"type":"batch","batch":{{"steps":[{{"condition":{condition},"stmt":{{"sql":"a"}}}}]}}}}]}}"#
        );
        assert!(parse(&json).is_err());
    }
}
