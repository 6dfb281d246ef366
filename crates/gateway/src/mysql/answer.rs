use base64::{Engine as _, prelude::BASE64_STANDARD};
use mysql_async::{Row, Value};
use serde::Serialize;

use super::field::Field;

/// What a statement did or found: `query.QueryResult` of Vitess. Numbers of 64 bits are texts, and
/// what is zero or empty is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fields: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<Cells>,
    #[serde(skip_serializing_if = "is_zero", serialize_with = "as_text")]
    #[serde(rename = "rowsAffected")]
    pub(super) affected: u64,
    #[serde(skip_serializing_if = "is_zero", serialize_with = "as_text")]
    pub(super) insert_id: u64,
}

/// The bytes of a row's values, one after the other, and how long each is; -1 is null.
#[derive(Serialize)]
pub(super) struct Cells {
    lengths: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    values: String,
}

impl Answer {
    /// Adds a row; gives how many bytes it has. `None` if it is not of the text protocol.
    pub(super) fn add(&mut self, row: Row) -> Option<usize> {
        let mut lengths = Vec::with_capacity(row.len());
        let mut bytes = Vec::new();
        for value in row.unwrap_raw() {
            match value? {
                Value::NULL => lengths.push("-1".to_owned()),
                Value::Bytes(value) => {
                    lengths.push(value.len().to_string());
                    bytes.extend(value);
                }
                _ => return None,
            }
        }
        let values = BASE64_STANDARD.encode(&bytes);
        let size = bytes.len() + lengths.len();
        self.rows.push(Cells { lengths, values });
        Some(size)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn as_text<S: serde::Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}
