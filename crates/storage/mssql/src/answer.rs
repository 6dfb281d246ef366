//! What comes back.

use iam_storage_sql::{Row, SqlError, Value};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Results {
    pub(crate) results: Vec<Answer>,
}

/// The answer to one statement.
#[derive(Deserialize)]
pub(crate) struct Answer {
    rows: Vec<Vec<Given>>,
}

/// A value, as Hrana has it.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Given {
    Integer { value: String },
    Null,
    Text { value: String },
}

impl Answer {
    pub(crate) fn into_rows(self) -> Result<Vec<Row>, SqlError> {
        let row = |values: Vec<Given>| {
            let values = values.into_iter().map(Given::into_value);
            values.collect::<Result<_, _>>().map(Row::new)
        };
        self.rows.into_iter().map(row).collect()
    }
}

impl Given {
    fn into_value(self) -> Result<Value, SqlError> {
        Ok(match self {
            Self::Integer { value } => {
                let number = value.parse();
                let strange = |_| SqlError::Internal("integer out of range".to_owned());
                Value::Integer(number.map_err(strange)?)
            }
            Self::Null => Value::Null,
            Self::Text { value } => Value::Text(value),
        })
    }
}
