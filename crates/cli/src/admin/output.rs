use anyhow::Result;
use comfy_table::{Table, presets::NOTHING};
use indexmap::IndexMap;
use serde_json::{Value, value::RawValue};

use crate::{
    console::{harmless, print, say},
    remote::Answer,
};

/// The fields that the API shows once.
const SECRETS: [&str; 2] = ["client_secret", "key"];

/// The fields that say which one an object is.
const NAMES: [&str; 6] = ["id", "number", "name", "username", "permission", "status"];

/// An object, its fields in the order of the API.
type Object = IndexMap<String, Value>;

/// Prints the object in an answer: as it is, or a field a line.
pub(crate) fn show(answer: &Answer, json: bool) -> Result<()> {
    let object: Object = answer.read()?;
    if json {
        print(&format!("{}\n", answer.text()?.trim_end()))?;
    } else {
        print(&fields(&object))?;
    }
    if SECRETS.iter().any(|name| object.contains_key(*name)) {
        say("keep the secret now: it is not shown again");
    }
    Ok(())
}

/// Prints items: as an array of what they are, or as a table.
pub(crate) fn list(items: &[Box<RawValue>], columns: &[&str], json: bool) -> Result<()> {
    if json {
        let items: Vec<_> = items.iter().map(|item| item.get()).collect();
        let text = match items.as_slice() {
            [] => "[]\n".to_owned(),
            items => format!("[\n{}\n]\n", items.join(",\n")),
        };
        return Ok(print(&text)?);
    }
    if items.is_empty() {
        say("there are none");
        return Ok(());
    }
    let parsed = items.iter().map(|item| serde_json::from_str(item.get()));
    let items: Vec<Object> = parsed.collect::<Result<_, _>>()?;
    Ok(print(&table(&items, columns))?)
}

/// A table without lines, as other tools can cut it.
fn table(items: &[Object], columns: &[&str]) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    table.set_header(
        columns
            .iter()
            .map(|name| name.to_uppercase().replace('_', " ")),
    );
    for item in items {
        table.add_row(
            columns
                .iter()
                .map(|name| item.get(*name).map_or_else(nothing, cell)),
        );
    }
    aligned(&mut table)
}

/// The fields of an object, those of an object in it too, one a line: first what it is called.
fn fields(object: &Object) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING);
    let called = NAMES.iter().filter_map(|name| object.get_key_value(*name));
    let others = object
        .iter()
        .filter(|(name, _)| !NAMES.contains(&name.as_str()));
    for (name, value) in called.chain(others) {
        for (name, value) in flat(name, value) {
            table.add_row([harmless(&name), text(value)]);
        }
    }
    aligned(&mut table)
}

fn aligned(table: &mut Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let line = |text: String, line: String| text + line.trim_end() + "\n";
    table.lines().fold(String::new(), line)
}

/// The values in `value`, each with the path to it.
fn flat<'a>(path: &str, value: &'a Value) -> Vec<(String, &'a Value)> {
    match value {
        Value::Object(object) if !object.is_empty() => object
            .iter()
            .flat_map(|(name, value)| flat(&format!("{path}.{name}"), value))
            .collect(),
        _ => vec![(path.to_owned(), value)],
    }
}

/// A value that may take several lines.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('\n') => {
            let lines: Vec<_> = text.trim_end().lines().map(harmless).collect();
            lines.join("\n")
        }
        value => cell(value),
    }
}

/// A value in as few characters as tell what it is.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => nothing(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => nothing(),
        Value::String(text) => harmless(text),
        Value::Array(items) if items.is_empty() => nothing(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            match (object.get("address"), object.get("kind"), object.get("id")) {
                (Some(address), ..) => cell(address),
                (None, Some(kind), Some(id)) => format!("{} {}", cell(kind), cell(id)),
                _ if object.is_empty() => nothing(),
                _ => harmless(&value.to_string()),
            }
        }
        Value::Number(number) => number.to_string(),
    }
}

fn nothing() -> String {
    "-".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Object, cell, fields, table};

    fn object(text: &str) -> Object {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_table_has_the_columns_that_are_asked_for_and_no_trailing_space() {
        let items = [
            object(
                r#"{"name":"clerk","permissions":["order.read","order.write"],"created_at":"x"}"#,
            ),
            object(r#"{"name":"b","permissions":[]}"#),
        ];
        assert_eq!(
            table(&items, &["name", "permissions", "created_at"]),
            "NAME   PERMISSIONS              CREATED AT\n\
             clerk  order.read, order.write  x\n\
             b      -                        -\n"
        );
    }

    #[test]
    fn an_object_is_shown_by_its_name_and_all_its_inner_fields() {
        let shown = fields(&object(
            r#"{"created_at":"x","name":"acme","settings":{"password":{"min_length":15},"x":{}},
                "source":"a\n\n\u001b[2Jb\n","version":1}"#,
        ));
        assert_eq!(
            shown,
            "name                          acme\n\
             created_at                    x\n\
             settings.password.min_length  15\n\
             settings.x                    -\n\
             source                        a\n\
             \n\
             \x20                             \u{fffd}[2Jb\n\
             version                       1\n"
        );
    }

    #[test]
    fn a_cell_is_short_and_harmless() {
        for (value, expected) in [
            (json!(null), "-"),
            (json!(""), "-"),
            (json!(true), "yes"),
            (
                json!([{"address": "a@example.com", "verified": true}]),
                "a@example.com",
            ),
            (
                json!({"kind": "user", "id": "7", "tenant": "demo"}),
                "user 7",
            ),
            (json!({"a": "\u{1b}[2J"}), r#"{"a":"\u001b[2J"}"#),
            (json!("a\u{1b}[2J"), "a\u{fffd}[2J"),
        ] {
            assert_eq!(cell(&value), expected);
        }
    }
}
