//! What comes back, as far as we read it.

use iam_storage_sql::{Row, SqlError, Statement, Value};
use serde::Deserialize;

/// The types of columns that hold integers: `int8`, `int2` and `int4`.
const INTEGERS: [u32; 3] = [20, 21, 23];

#[derive(Deserialize)]
pub(crate) struct Batch {
    pub(crate) results: Vec<Answer>,
}

/// The answer to one statement, whose rows are arrays of texts.
#[derive(Deserialize)]
pub(crate) struct Answer {
    fields: Vec<Field>,
    rows: Vec<Vec<Option<String>>>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(rename = "dataTypeID")]
    data_type_id: u32,
}

impl Answer {
    /// The rows of `statement`; one with a guard has none of its own.
    pub(crate) fn into_rows(self, statement: &Statement) -> Result<Vec<Row>, SqlError> {
        if statement.guard().is_some() {
            return Ok(Vec::new());
        }
        let Self { fields, rows } = self;
        let row = |values: Vec<Option<String>>| {
            let values = fields.iter().zip(values);
            values.map(value).collect::<Result<_, _>>().map(Row::new)
        };
        rows.into_iter().map(row).collect()
    }
}

fn value((field, text): (&Field, Option<String>)) -> Result<Value, SqlError> {
    let Some(text) = text else {
        return Ok(Value::Null);
    };
    if !INTEGERS.contains(&field.data_type_id) {
        return Ok(Value::Text(text));
    }
    let number = text.parse().map(Value::Integer);
    number.map_err(|_| SqlError::Internal("integer out of range".to_owned()))
}
