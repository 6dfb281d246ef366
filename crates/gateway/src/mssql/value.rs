//! Values of SQL Server, in the form that Hrana gives them.

use std::borrow::Cow;

use tiberius::ColumnData;

use super::error::SqlServerError;
use crate::hrana::Value;

/// A parameter, of the type that the database finds without looking at what it is compared with.
pub(super) fn parameter(value: Value) -> ColumnData<'static> {
    match value {
        Value::Null => ColumnData::String(None),
        Value::Integer { value } => ColumnData::I64(Some(value)),
        Value::Float { value } => ColumnData::F64(Some(value)),
        Value::Text { value } => ColumnData::String(Some(Cow::Owned(value))),
        Value::Blob { value } => ColumnData::Binary(Some(Cow::Owned(value))),
    }
}

/// What is in a column.
pub(super) fn column(data: ColumnData<'static>) -> Result<Value, SqlServerError> {
    let integer = |value: Option<i64>| value.map(|value| Value::Integer { value });
    let value = match data {
        ColumnData::Bit(value) => integer(value.map(i64::from)),
        ColumnData::U8(value) => integer(value.map(i64::from)),
        ColumnData::I16(value) => integer(value.map(i64::from)),
        ColumnData::I32(value) => integer(value.map(i64::from)),
        ColumnData::I64(value) => integer(value),
        ColumnData::F32(value) => value.map(|value| Value::Float {
            value: value.into(),
        }),
        ColumnData::F64(value) => value.map(|value| Value::Float { value }),
        ColumnData::String(value) => value.map(|value| Value::Text {
            value: value.into_owned(),
        }),
        ColumnData::Binary(value) => value.map(|value| Value::Blob {
            value: value.into_owned(),
        }),
        _ => return Err(SqlServerError::Type),
    };
    Ok(value.unwrap_or(Value::Null))
}
