//! Values as they stand in a statement.

use std::fmt::Write as _;

use iam_storage_sql::{Dialect, Statement, Value};

/// The statement with its values in the places of its parameters.
pub(crate) fn complete(statement: &Statement) -> String {
    let sql = statement.sql(Dialect::MySql);
    let mut complete = String::with_capacity(2 * sql.len());
    let mut values = statement.parameters().iter();
    let mut parts = sql.split('?');
    complete.push_str(parts.next().unwrap_or_default());
    for part in parts {
        // A parameter without a value stays what it is, and is refused.
        match values.next() {
            Some(value) => write(value, &mut complete),
            None => complete.push('?'),
        }
        complete.push_str(part);
    }
    complete
}

/// A text stands in quotes only if nothing in it can be taken for something else, whatever the
/// server's SQL mode and character set are; every other is written in hexadecimal digits.
fn write(value: &Value, sql: &mut String) {
    match value {
        Value::Null => sql.push_str("null"),
        // Writing to a string cannot fail.
        Value::Integer(number) => drop(write!(sql, "{number}")),
        Value::Text(text) if text.bytes().all(is_plain) => drop(write!(sql, "'{text}'")),
        Value::Text(text) => {
            sql.push_str("_utf8mb4 x'");
            for byte in text.bytes() {
                let _ = write!(sql, "{byte:02x}");
            }
            sql.push('\'');
        }
    }
}

/// A visible character of ASCII that ends no text and escapes nothing. Nor can it begin what an
/// error says its number in: a server repeats the statement there (`error.rs`).
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'\\' | b'(')
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::{Statement, Value};
    use proptest::prelude::*;

    use super::complete;

    #[test]
    fn values_stand_where_their_parameters_stood() {
        let statement = Statement::new("select ?, ?, ?, ? from t where a = ?")
            .bind(i64::MIN)
            .bind("a?b")
            .bind(Value::Null)
            .bind("it's")
            .bind("");
        assert_eq!(
            complete(&statement),
            "select -9223372036854775808, 'a?b', null, _utf8mb4 x'69742773' from t where a = ''"
        );
    }

    /// What a server makes of a literal, in the least that all of its modes agree on.
    fn read(literal: &str) -> Option<String> {
        if let Some(digits) = literal.strip_prefix("_utf8mb4 x'") {
            let digits = digits.strip_suffix('\'')?.as_bytes();
            let bytes = digits.chunks(2).map(|pair| {
                let pair = std::str::from_utf8(pair).ok()?;
                (pair.len() == 2).then(|| u8::from_str_radix(pair, 16).ok())?
            });
            return String::from_utf8(bytes.collect::<Option<_>>()?).ok();
        }
        let text = literal.strip_prefix('\'')?.strip_suffix('\'')?;
        let plain = |c: char| (' '..='~').contains(&c) && c != '\'' && c != '\\';
        text.chars().all(plain).then(|| text.to_owned())
    }

    proptest! {
        #[test]
        fn whatever_the_text_its_literal_is_that_text_and_ends_where_it_ends(
            text in "(?s)\\PC*|.*|['\"\\\\\u{0}\n\u{1a}%_`;-]*"
        ) {
            let sql = complete(&Statement::new("?").bind(text.as_str()));
            prop_assert!(sql.is_ascii());
            prop_assert_eq!(read(&sql), Some(text));
        }
    }
}
