//! What comes back, as far as we read it.

use iam_storage_sql::{Row, Value};
use serde::Deserialize;

use crate::error::Failure;

/// The answer to a pipeline whose first request has results of type `T`.
#[derive(Deserialize)]
pub(crate) struct Answer<T> {
    results: Vec<Outcome<T>>,
}

/// `{"type":"ok","response":…}` or `{"type":"error","error":…}`.
#[derive(Deserialize)]
struct Outcome<T> {
    error: Option<HranaError>,
    response: Option<Response<T>>,
}

#[derive(Deserialize)]
struct Response<T> {
    result: Option<T>,
}

impl<T> Answer<T> {
    /// The result of the first request.
    pub(crate) fn into_first(self) -> Result<T, Failure> {
        let first = self.results.into_iter().next();
        let first = first.ok_or_else(|| Failure::internal("answer without results"))?;
        if let Some(error) = first.error {
            return Err(error.into());
        }
        first
            .response
            .and_then(|response| response.result)
            .ok_or_else(|| Failure::internal("answer without a result"))
    }
}

#[derive(Deserialize)]
pub(crate) struct HranaError {
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) code: String,
}

/// The result of a `batch`; of a step that did not run, both entries are null.
#[derive(Deserialize)]
pub(crate) struct BatchResult {
    pub(crate) step_results: Vec<Option<StmtResult>>,
    pub(crate) step_errors: Vec<Option<HranaError>>,
}

/// The result of an `execute` or of a step.
#[derive(Deserialize)]
pub(crate) struct StmtResult {
    rows: Vec<Vec<Cell>>,
}

impl StmtResult {
    pub(crate) fn into_rows(self) -> Result<Vec<Row>, Failure> {
        self.rows
            .into_iter()
            .map(|cells| {
                let values = cells.into_iter().map(Value::try_from);
                values.collect::<Result<_, _>>().map(Row::new)
            })
            .collect()
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Cell {
    Integer {
        value: String,
    },
    Null,
    Text {
        value: String,
    },
    /// Floats and blobs, which no column of ours holds.
    #[serde(other)]
    Other,
}

impl TryFrom<Cell> for Value {
    type Error = Failure;

    fn try_from(cell: Cell) -> Result<Self, Failure> {
        match cell {
            Cell::Integer { value } => value
                .parse()
                .map(Self::Integer)
                .map_err(|_| Failure::internal("integer out of range")),
            Cell::Null => Ok(Self::Null),
            Cell::Other => Err(Failure::internal("value that is no integer, text or null")),
            Cell::Text { value } => Ok(Self::Text(value)),
        }
    }
}
