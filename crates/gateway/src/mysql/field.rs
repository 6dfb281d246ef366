use mysql_async::{
    Column,
    consts::{ColumnFlags, ColumnType},
};
use serde::Serialize;

/// The character set of what is no text.
const BINARY: u16 = 63;

/// A column of an answer: `query.Field` of Vitess.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Field {
    name: String,
    /// Nothing for what has no type, such as `null`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    table: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    org_table: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    database: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    org_name: String,
    column_length: u32,
    charset: u16,
    #[serde(skip_serializing_if = "is_zero")]
    decimals: u8,
    flags: u16,
}

impl Field {
    pub(super) fn of(column: &Column) -> Self {
        Self {
            name: column.name_str().into_owned(),
            kind: kind(column),
            table: column.table_str().into_owned(),
            org_table: column.org_table_str().into_owned(),
            database: column.schema_str().into_owned(),
            org_name: column.org_name_str().into_owned(),
            column_length: column.column_length(),
            charset: column.character_set(),
            decimals: column.decimals(),
            flags: column.flags().bits(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// The name that Vitess has for a type (`query.proto`).
fn kind(column: &Column) -> Option<&'static str> {
    let flags = column.flags();
    let signed = |signed, unsigned| {
        if flags.contains(ColumnFlags::UNSIGNED_FLAG) {
            unsigned
        } else {
            signed
        }
    };
    let text = |text, binary| {
        if column.character_set() == BINARY {
            binary
        } else {
            text
        }
    };
    Some(match column.column_type() {
        ColumnType::MYSQL_TYPE_NULL => return None,
        ColumnType::MYSQL_TYPE_TINY => signed("INT8", "UINT8"),
        ColumnType::MYSQL_TYPE_SHORT => signed("INT16", "UINT16"),
        ColumnType::MYSQL_TYPE_INT24 => signed("INT24", "UINT24"),
        ColumnType::MYSQL_TYPE_LONG => signed("INT32", "UINT32"),
        ColumnType::MYSQL_TYPE_LONGLONG => signed("INT64", "UINT64"),
        ColumnType::MYSQL_TYPE_FLOAT => "FLOAT32",
        ColumnType::MYSQL_TYPE_DOUBLE => "FLOAT64",
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => "DECIMAL",
        ColumnType::MYSQL_TYPE_YEAR => "YEAR",
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => "DATE",
        ColumnType::MYSQL_TYPE_TIME | ColumnType::MYSQL_TYPE_TIME2 => "TIME",
        ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_DATETIME2 => "DATETIME",
        ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2 => "TIMESTAMP",
        ColumnType::MYSQL_TYPE_BIT => "BIT",
        ColumnType::MYSQL_TYPE_JSON => "JSON",
        ColumnType::MYSQL_TYPE_GEOMETRY => "GEOMETRY",
        _ if flags.contains(ColumnFlags::ENUM_FLAG) => "ENUM",
        _ if flags.contains(ColumnFlags::SET_FLAG) => "SET",
        ColumnType::MYSQL_TYPE_STRING => text("CHAR", "BINARY"),
        ColumnType::MYSQL_TYPE_VARCHAR | ColumnType::MYSQL_TYPE_VAR_STRING => {
            text("VARCHAR", "VARBINARY")
        }
        _ => text("TEXT", "BLOB"),
    })
}
