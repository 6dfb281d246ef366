//! What comes back, as far as we read it. It is protocol buffers as JSON: numbers of 64 bits are
//! texts, and what is zero or empty is left out.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use iam_storage_sql::{Row, SqlError, Value};
use serde::Deserialize;

use crate::error::VitessError;

/// The answer to one `Execute`.
#[derive(Deserialize)]
pub(crate) struct Answer {
    /// To be shown as it is with the next.
    pub(crate) session: Option<serde_json::Value>,
    #[serde(default)]
    pub(crate) result: Option<Outcome>,
    #[serde(default)]
    pub(crate) error: Option<VitessError>,
}

/// What a statement did or found.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Outcome {
    fields: Vec<Field>,
    rows: Vec<Cells>,
    rows_affected: Option<String>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(default, rename = "type")]
    kind: String,
}

/// The bytes of a row's values, one after the other, and how long each is; -1 is null.
#[derive(Deserialize)]
struct Cells {
    #[serde(default)]
    lengths: Vec<String>,
    #[serde(default)]
    values: String,
}

impl Outcome {
    /// How many rows it changed, or found to be changed already.
    pub(crate) fn changed(&self) -> Result<u64, SqlError> {
        let count = self.rows_affected.as_deref().unwrap_or("0");
        count.parse().map_err(|_| strange())
    }

    pub(crate) fn into_rows(self) -> Result<Vec<Row>, SqlError> {
        let Self { fields, rows, .. } = self;
        rows.iter().map(|cells| row(&fields, cells)).collect()
    }
}

fn row(fields: &[Field], cells: &Cells) -> Result<Row, SqlError> {
    let bytes = BASE64_STANDARD.decode(&cells.values);
    let bytes = bytes.map_err(|_| strange())?;
    if cells.lengths.len() != fields.len() {
        return Err(strange());
    }
    let mut left = bytes.as_slice();
    let mut values = Vec::with_capacity(fields.len());
    for (field, length) in fields.iter().zip(&cells.lengths) {
        if length == "-1" {
            values.push(Value::Null);
            continue;
        }
        let cut = length
            .parse()
            .ok()
            .and_then(|length| left.split_at_checked(length));
        let (bytes, rest) = cut.ok_or_else(strange)?;
        left = rest;
        values.push(value(field, bytes)?);
    }
    Ok(Row::new(values))
}

fn value(field: &Field, bytes: &[u8]) -> Result<Value, SqlError> {
    let text = std::str::from_utf8(bytes).map_err(|_| strange())?;
    // INT8 to INT64 and UINT8 to UINT64.
    if !field.kind.starts_with("INT") && !field.kind.starts_with("UINT") {
        return Ok(text.into());
    }
    let number = text.parse().map(Value::Integer);
    number.map_err(|_| SqlError::Internal("integer out of range".to_owned()))
}

/// What a parser says would quote the answer.
pub(crate) fn strange() -> SqlError {
    SqlError::Internal("answer is not of PlanetScale's protocol".to_owned())
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::Value;
    use serde_json::json;

    use super::{Answer, Outcome};

    fn outcome(result: &serde_json::Value) -> Outcome {
        let answer = json!({ "session": { "signature": "x" }, "result": result, "timing": 0.1 });
        let answer: Answer = serde_json::from_value(answer).unwrap();
        answer.result.unwrap()
    }

    #[test]
    fn rows_are_cut_by_the_lengths_of_their_values() {
        let result = outcome(&json!({
            "fields": [{ "name": "n", "type": "INT64" }, { "type": "VARCHAR" }, { "name": "z" }],
            "rows": [
                { "lengths": ["2", "3", "-1"], "values": "LTfDqWE=" },
                { "lengths": ["-1", "0", "-1"] },
            ],
        }));
        let rows = result.into_rows().unwrap();
        assert_eq!(
            rows[0].values(),
            [Value::from(-7), "éa".into(), Value::Null]
        );
        assert_eq!(rows[1].values(), [Value::Null, "".into(), Value::Null]);
    }

    #[test]
    fn what_is_left_out_is_zero() {
        assert_eq!(outcome(&json!({})).changed(), Ok(0));
        assert_eq!(outcome(&json!({ "rowsAffected": "2" })).changed(), Ok(2));
    }

    #[test]
    fn rows_that_do_not_fit_their_lengths_are_refused() {
        for row in [
            json!({ "lengths": ["9"], "values": "YQ==" }),
            json!({ "lengths": ["1", "1"], "values": "YWE=" }),
            json!({ "lengths": ["-2"], "values": "YQ==" }),
            json!({ "lengths": ["1"], "values": "*" }),
            json!({ "lengths": ["1"], "values": "/w==" }),
        ] {
            let result = outcome(&json!({ "fields": [{ "type": "TEXT" }], "rows": [row] }));
            assert!(result.into_rows().is_err(), "{row}");
        }
    }
}
