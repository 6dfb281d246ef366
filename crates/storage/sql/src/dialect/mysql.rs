use std::borrow::Cow;

use super::{Syntax, is_number};
use crate::{Value, migration::SessionLock};

/// MySQL from 8.0.31 and `MariaDB` from 10.6. What they spell in two ways stands in comments that
/// one of them reads: `/*!80000 … */` is for MySQL, `/*M! … */` for `MariaDB`.
pub(super) struct MySql;

/// The order of bytes, in which a space at the end counts.
macro_rules! bytes {
    () => {
        "collate /*!80000 utf8mb4_0900_bin */ /*M! utf8mb4_nopad_bin */"
    };
}

/// A text of a JSON document, comparable to a column's.
macro_rules! text {
    () => {
        concat!("longtext character set utf8mb4 ", bytes!())
    };
}

impl Syntax for MySql {
    fn statement<'a>(&self, sql: &'a str, _: &[Value]) -> Cow<'a, str> {
        Cow::Borrowed(sql)
    }

    /// A reference that stands in its column is read over, so it gets a line of its own; `text`
    /// ends at 64 KiB; and the order of a table's texts is said once, at its end.
    fn definition<'a>(&self, sql: &'a str) -> Cow<'a, str> {
        let sql = sql.replace(" text", " longtext");
        if !sql.contains("create table ") {
            return Cow::Owned(sql);
        }
        let mut keys = String::new();
        let mut line = |line: &str| match line.split_once(" references ") {
            Some((column, table)) if !column.contains("foreign key") => {
                let name = column.split_whitespace().next().unwrap_or_default();
                let (table, comma) = match table.strip_suffix(',') {
                    Some(table) => (table, ","),
                    None => (table, ""),
                };
                let key = format!(",\n    foreign key ({name}) references {table}");
                keys.push_str(&key);
                format!("{column}{comma}")
            }
            _ => line.to_owned(),
        };
        let lines: Vec<_> = sql.lines().map(&mut line).collect();
        let sql = lines.join("\n");
        let sql = sql.strip_suffix(')').unwrap_or(&sql).trim_end();
        Cow::Owned(format!(
            "{sql}{keys}\n) engine = InnoDB default character set utf8mb4 {}",
            bytes!()
        ))
    }

    /// By a name that is the database's own: the server has one list of such locks.
    fn session_lock(&self) -> Option<SessionLock> {
        Some(SessionLock {
            take: "select get_lock(concat('iam.', left(sha2(database(), 256), 40)), 30)",
            held: "is_used_lock(concat('iam.', left(sha2(database(), 256), 40))) = connection_id()",
            release: "select release_lock(concat('iam.', left(sha2(database(), 256), 40)))",
        })
    }

    fn json_array(&self, value: &str) -> String {
        format!("coalesce(json_arrayagg({value}), json_array())")
    }

    fn json_tuple(&self, values: &str) -> String {
        format!("json_array({values})")
    }

    fn json_texts(&self) -> &'static str {
        concat!(
            "json_table(?, '$[*]' columns (value ",
            text!(),
            " path '$'))"
        )
    }

    fn json_rows(&self, members: &[&str]) -> String {
        let column = |member: &&str| {
            let kind = if is_number(member) { "bigint" } else { text!() };
            format!("{member} {kind} path '$.{member}'")
        };
        let columns: Vec<_> = members.iter().map(column).collect();
        format!("json_table(?, '$[*]' columns ({}))", columns.join(", "))
    }

    /// The names and the values of an object come in one order. They are counted: of `exists` MySQL 9.7
    /// makes a join that looks into one document for all rows.
    fn json_member(
        &self,
        (document, object): (&str, &str),
        name: &str,
        text: &str,
    ) -> (String, Vec<Value>) {
        let sql = format!(
            "0 < (select count(*) from json_table(json_keys({document}, '$.{object}'), '$[*]' columns \
             (place for ordinality, name {} path '$')) k \
             join json_table(json_extract({document}, '$.{object}.*'), '$[*]' columns \
             (place for ordinality, value json path '$')) v on v.place = k.place \
             where k.name = ? and json_unquote(v.value) {} = ? and json_type(v.value) in \
             ('STRING', 'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL', 'BOOLEAN'))",
            text!(),
            bytes!(),
        );
        (sql, vec![name.into(), text.into()])
    }

    fn now(&self) -> &'static str {
        "unix_timestamp() * 1000"
    }
}

#[cfg(test)]
mod tests {
    use super::{MySql, Syntax};

    #[test]
    fn a_reference_gets_a_line_of_its_own_and_texts_an_order() {
        let sql = "-- Users.\ncreate table users (\n    tenant_id varchar(36) not null references \
                   tenants (id),\n    note text,\n    primary key (tenant_id)\n)";
        let expected = "-- Users.\ncreate table users (\n    tenant_id varchar(36) not null,\n    \
                        note longtext,\n    primary key (tenant_id),\n    \
                        foreign key (tenant_id) references tenants (id)\n) engine = InnoDB \
                        default character set utf8mb4 \
                        collate /*!80000 utf8mb4_0900_bin */ /*M! utf8mb4_nopad_bin */";
        assert_eq!(MySql.definition(sql), expected);
        let alter = "alter table users add column details text";
        assert_eq!(
            MySql.definition(alter),
            format!("{}", alter.replace("text", "longtext"))
        );
    }
}
