//! What is asked and answered.

use serde::{Deserialize, Serialize};

use crate::hrana::Value;

/// The body of `POST /v1/sqlserver`: a unit of work.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    /// The alias of a target.
    pub(super) database: String,
    /// Whether the statements are one transaction.
    pub(super) isolation: Option<Isolation>,
    pub(super) statements: Vec<Statement>,
}

/// How transactions are kept from each other.
#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Isolation {
    /// As if one came after the other.
    Serializable,
}

/// A statement or a batch of them, with its parameters `@P1`, `@P2`, …
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Statement {
    pub(super) sql: String,
    #[serde(default)]
    pub(super) params: Vec<Value>,
    /// How many rows it has to change.
    pub(super) rows: Option<u64>,
}

/// The answer.
#[derive(Serialize)]
pub(super) struct Results {
    pub(super) results: Vec<Answer>,
}

/// The rows of one statement; one that has to change some has none.
#[derive(Default, Serialize)]
pub(super) struct Answer {
    pub(super) rows: Vec<Vec<Value>>,
}

/// Why there are no results.
#[derive(Default, Serialize)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    /// What a person can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<&'static str>,
    /// The number of SQL Server's error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<u32>,
    /// The place of the statement whose guard failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) statement: Option<usize>,
}
