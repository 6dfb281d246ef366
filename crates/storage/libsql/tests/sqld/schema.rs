//! The suite over SQL databases, and what moves of this one.

use std::collections::HashSet;

use iam_storage_conformance::{Open, Sql};
use iam_storage_ports::{Kind, Storage as _, TABLES};
use iam_storage_sql::{Row, SqlTransport as _, Statement, Value};

use crate::server::{Sqld, run};

iam_storage_conformance::sql_conformance!(with_sql);
iam_storage_conformance::schema_conformance!(with_sql);

fn with_sql(case: impl AsyncFnOnce(Open<'_>)) {
    let server = Sqld::start(&[]);
    run(case(&|| Sql::over(|| server.transport())));
}

#[test]
fn all_that_the_schema_has_room_for_moves_with_an_installation() {
    let columns = "select m.name, c.name, c.type like '%int', \
        not c.\"notnull\" from sqlite_master m join pragma_table_info(m.name) c \
        where m.type = 'table' and m.name not like 'sqlite_%' \
        and m.name not in ('new_users', 'schema_migrations')";
    let server = Sqld::start(&[]);
    run(async {
        server.storage().migrate().await.unwrap();
        let unit = [Statement::new(columns)];
        let rows = server.transport().execute(&unit).await.unwrap().remove(0);
        let there: HashSet<_> = rows.iter().map(|row| format!("{:?}", shown(row))).collect();
        let moved = TABLES.iter().flat_map(|table| {
            table.columns.iter().map(|column| {
                let integer = column.kind == Kind::Integer;
                format!("{:?}", (table.name, column.name, integer, column.nullable))
            })
        });
        assert_eq!(there, moved.collect());
    });
}

fn shown(row: &Row) -> (&str, &str, bool, bool) {
    let [
        Value::Text(table),
        Value::Text(column),
        Value::Integer(integer),
        Value::Integer(nullable),
    ] = row.values()
    else {
        panic!("another answer");
    };
    (table, column, *integer == 1, *nullable == 1)
}
