//! Statements of migrations.

use super::{COLLATE, json_text};

/// How many bytes the key of a table may have that its rows are ordered by.
const CLUSTERED_KEY_BYTES: usize = 900;

/// `sql` as SQL Server reads it.
pub(super) fn rewrite(sql: &str) -> String {
    // What a comment says is not rewritten.
    let lines = sql.lines().filter(|line| !line.starts_with("--"));
    let sql = lines.collect::<Vec<_>>().join("\n");
    let sql = texts(&key(&functions(sql.trim_start())));
    let sql = sql.replace(" add column ", " add ");
    let sql = default(&sql);
    dropped(&once(&sql))
}

/// `create table if not exists`.
fn once(sql: &str) -> String {
    let Some((head, table)) = sql.split_once("create table if not exists ") else {
        return sql.to_owned();
    };
    let name = table.split_whitespace().next().unwrap_or_default();
    format!("{head}if object_id(N'{name}', N'U') is null create table {table}")
}

/// The types of texts. A length counts UTF-16 units.
fn texts(sql: &str) -> String {
    let sql = sql.replace(" text", &format!(" nvarchar(max) {COLLATE}"));
    let mut parts = sql.split("varchar(");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |sql, part| match length(part) {
        Some((length, rest)) => format!("{sql}nvarchar({}) {COLLATE}{rest}", 2 * length),
        None => format!("{sql}varchar({part}"),
    })
}

/// The number that `text` begins with, and what is after the parenthesis.
fn length(text: &str) -> Option<(usize, &str)> {
    let (number, rest) = text.split_once(')')?;
    Some((number.parse().ok()?, rest))
}

/// The key of a table. One that could be too long to order the rows by is an index beside them,
/// and external ids are in it as they are compared.
fn key(sql: &str) -> String {
    const KEY: &str = "primary key (";
    let Some((head, rest)) = sql.split_once(KEY) else {
        return sql.to_owned();
    };
    let Some((columns, rest)) = rest.split_once(')') else {
        return sql.to_owned();
    };
    let bytes: usize = columns.split(", ").map(|name| bytes(head, name)).sum();
    let kind = if bytes > CLUSTERED_KEY_BYTES {
        "primary key nonclustered ("
    } else {
        KEY
    };
    let Some(before) = columns.strip_suffix(", external_id") else {
        return format!("{head}{kind}{columns}){rest}");
    };
    format!(
        "{head}external_id_exact as external_id + N'.' persisted not null,\n    \
         {kind}{before}, external_id_exact){rest}"
    )
}

/// How many bytes the column `name` can have in a table that is defined by `sql`.
fn bytes(sql: &str, name: &str) -> usize {
    let column = sql.split_once(&format!(" {name} varchar("));
    let length = column.and_then(|(_, rest)| length(rest));
    // A character is two units of two bytes; what is no text is a number.
    length.map_or(8, |(length, _)| 4 * length)
}

/// A default value is a constraint, which has a name by which it is dropped with its column.
fn default(sql: &str) -> String {
    let Some((table, column)) = altered(sql, " add ") else {
        return sql.to_owned();
    };
    let named = format!(" constraint {table}_{column}_default default ");
    sql.replace(" default ", &named)
}

/// `drop column`, after the constraint that gives it its default value, if there is one.
fn dropped(sql: &str) -> String {
    let Some((table, column)) = altered(sql, " drop column ") else {
        return sql.to_owned();
    };
    format!("alter table {table} drop constraint if exists {table}_{column}_default; {sql}")
}

/// The table and the column of an `alter table` that does this.
fn altered<'a>(sql: &'a str, what: &str) -> Option<(&'a str, &'a str)> {
    let (_, sql) = sql.split_once("alter table ")?;
    let (table, column) = sql.split_once(what)?;
    let end = |c: char| c.is_whitespace() || c == ';';
    Some((table, column.split(end).next()?))
}

/// The functions that make JSON of one value.
fn functions(sql: &str) -> String {
    let sql = call(sql, "json_array(", |value| {
        format!("N'[' + {} + N']'", json_text(value))
    });
    call(&sql, "json_object(", |arguments| {
        let (name, value) = arguments.split_once(", ").unwrap_or((arguments, "null"));
        let name = name.trim_matches('\'');
        format!("N'{{\"{name}\":' + {} + N'}}'", json_text(value))
    })
}

fn call(sql: &str, name: &str, write: impl Fn(&str) -> String) -> String {
    let Some((head, rest)) = sql.split_once(name) else {
        return sql.to_owned();
    };
    let Some((arguments, rest)) = rest.split_once(')') else {
        return sql.to_owned();
    };
    format!("{head}{}{rest}", write(arguments))
}
