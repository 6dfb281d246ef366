use std::{borrow::Cow, fmt::Write as _};

use super::{Syntax, is_number};
use crate::Value;

pub(super) struct Postgres;

impl Syntax for Postgres {
    /// A parameter's type is inferred from what is around it, and is text where nothing is: each
    /// says what it is.
    fn statement<'a>(&self, sql: &'a str, values: &[Value]) -> Cow<'a, str> {
        let mut written = String::with_capacity(sql.len() + 8 * values.len());
        let mut parts = sql.split('?');
        written.push_str(parts.next().unwrap_or_default());
        for (at, part) in parts.enumerate() {
            let kind = match values.get(at) {
                Some(Value::Integer(_)) => "::bigint",
                Some(Value::Text(_)) => "::text",
                Some(Value::Null) | None => "",
            };
            // Writing to a string cannot fail.
            let _ = write!(written, "${}{kind}{part}", at + 1);
        }
        Cow::Owned(written)
    }

    /// Text is compared byte by byte, whatever the database's own order is.
    fn definition<'a>(&self, sql: &'a str) -> Cow<'a, str> {
        let sql = sql
            .replace("json_array(", "json_build_array(")
            .replace("json_object(", "json_build_object(")
            .replace(" text", " text collate \"C\"");
        let mut parts = sql.split("varchar(");
        let first = parts.next().unwrap_or_default().to_owned();
        Cow::Owned(parts.fold(first, |sql, part| {
            format!("{sql}varchar({}", part.replacen(')', ") collate \"C\"", 1))
        }))
    }

    fn json_array(&self, value: &str) -> String {
        format!("coalesce(json_agg({value}), '[]')::text")
    }

    fn json_tuple(&self, values: &str) -> String {
        format!("json_build_array({values})")
    }

    /// Text of the order that columns have, or `with recursive` refuses to mix the two.
    fn json_texts(&self) -> &'static str {
        "(select value collate \"C\" as value from json_array_elements_text(?::json) e)"
    }

    fn json_rows(&self, members: &[&str]) -> String {
        let column = |member: &&str| {
            if is_number(member) {
                format!("(value->>'{member}')::bigint {member}")
            } else {
                format!("value->>'{member}' {member}")
            }
        };
        let columns: Vec<_> = members.iter().map(column).collect();
        let columns = columns.join(", ");
        format!("(select {columns} from json_array_elements(?::json))")
    }

    /// `->>` gives texts, numbers and truth values as they are written.
    fn json_member(
        &self,
        (document, object): (&str, &str),
        name: &str,
        text: &str,
    ) -> (String, Vec<Value>) {
        let sql = format!(
            "({document}::jsonb->'{object}'->>? = ? and \
             jsonb_typeof({document}::jsonb->'{object}'->?) in ('string', 'number', 'boolean'))"
        );
        (sql, vec![name.into(), text.into(), name.into()])
    }

    fn now(&self) -> &'static str {
        "cast(extract(epoch from now()) * 1000 as bigint)"
    }
}
