mod mssql;
mod mysql;
mod postgres;
mod sqlite;

use std::borrow::Cow;

use crate::{Value, migration::SessionLock};

/// What engines disagree on, as far as our statements have to know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// MySQL and `MariaDB`.
    MySql,
    /// `PostgreSQL`.
    Postgres,
    /// Microsoft SQL Server.
    SqlServer,
    /// `SQLite` and what is made from it, such as libSQL.
    Sqlite,
}

impl Dialect {
    /// How its engine writes things.
    pub(crate) const fn syntax(self) -> &'static dyn Syntax {
        match self {
            Self::MySql => &mysql::MySql,
            Self::Postgres => &postgres::Postgres,
            Self::SqlServer => &mssql::SqlServer,
            Self::Sqlite => &sqlite::Sqlite,
        }
    }
}

/// How an engine writes what others write in another way; one file each.
pub(crate) trait Syntax {
    /// `sql`, whose parameters are written `?`, as the engine writes it. The values are for those
    /// engines that want to know what type a parameter has.
    fn statement<'a>(&self, sql: &'a str, values: &[Value]) -> Cow<'a, str>;

    /// A statement of a migration as the engine writes it.
    fn definition<'a>(&self, sql: &'a str) -> Cow<'a, str>;

    /// If definitions commit what was done before them, and themselves: the lock under which a
    /// migration goes step by step.
    fn session_lock(&self) -> Option<SessionLock> {
        None
    }

    /// An aggregate: all values of the expression `value` as one JSON array.
    fn json_array(&self, value: &str) -> String;

    /// An expression: these values as one JSON array, which keeps its form within another.
    fn json_tuple(&self, values: &str) -> String;

    /// A table: what is in the JSON array of texts that is the next parameter, as `value`.
    fn json_texts(&self) -> &'static str;

    /// A table: a row for each object in the JSON array that is the next parameter, with a column
    /// for each of these of its members. Times and versions are numbers, all else is text.
    fn json_rows(&self, members: &[&str]) -> String;

    /// A condition: in the object `object` of the JSON document in the column `document`, the
    /// member `name` is the text, number or truth value that is written `text`. Neither becomes
    /// a part of the SQL, nor of a JSON path.
    fn json_member(&self, place: (&str, &str), name: &str, text: &str) -> (String, Vec<Value>);

    /// An expression: the time now in milliseconds since the Unix epoch.
    fn now(&self) -> &'static str;
}

/// Whether this member of a row of [`Syntax::json_rows`] is a number.
fn is_number(member: &str) -> bool {
    let counted = [
        "attempts",
        "first_party",
        "last_step",
        "number",
        "sequence",
        "version",
    ];
    counted.contains(&member) || member.ends_with("_at")
}

#[cfg(test)]
mod tests {
    use iam_storage_ports::{Kind, TABLES};

    use super::is_number;

    #[test]
    fn numbers_are_known_by_their_names() {
        for column in TABLES.iter().flat_map(|table| table.columns) {
            let integer = column.kind == Kind::Integer;
            assert_eq!(is_number(column.name), integer, "{}", column.name);
        }
    }
}
