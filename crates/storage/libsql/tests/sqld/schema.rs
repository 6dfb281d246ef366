//! What becomes of a database that is empty, shared, newer or tampered with.

use std::collections::HashSet;

use futures_util::future::join_all;
use iam_storage_conformance::upgrade::Sql;
use iam_storage_ports::{Kind, Storage, StorageError, TABLES};
use iam_storage_sql::{Row, SqlTransport, Statement, Value};

use crate::server::{Sqld, run};

iam_storage_conformance::upgrade_conformance!(with_sql);

fn with_sql(case: impl AsyncFnOnce(&Sql<'_>)) {
    let server = Sqld::start(&[]);
    run(async {
        let (transport, storage) = (server.transport(), server.storage());
        let sql = Sql {
            transport: &transport,
            storage: &storage,
            transfer: &storage,
        };
        case(&sql).await;
    });
}

#[test]
fn an_empty_database_has_no_schema() {
    let server = Sqld::start(&[]);
    run(async {
        let storage = server.storage();
        assert!(matches!(storage.ping().await, Err(StorageError::Schema)));
        let name = "demo".parse().unwrap();
        let found = storage.tenants().find_by_name(&name).await;
        assert!(matches!(found, Err(StorageError::Schema)));
    });
}

#[test]
fn of_two_programs_that_migrate_at_once_one_makes_the_schema_and_both_succeed() {
    let server = Sqld::start(&[]);
    run(async {
        let programs: Vec<_> = (0..8).map(|_| server.storage()).collect();
        for outcome in join_all(programs.iter().map(Storage::migrate)).await {
            outcome.unwrap();
        }
        let rows = "select version from schema_migrations";
        let rows = server.transport().execute(&[Statement::new(rows)]).await;
        assert_eq!(rows.unwrap()[0].len(), 5);
        programs[0].ping().await.unwrap();
    });
}

#[test]
fn a_database_that_a_newer_program_has_migrated_is_refused() {
    let server = Sqld::start(&[]);
    run(async {
        let storage = server.storage();
        storage.migrate().await.unwrap();
        change(
            &server,
            "insert into schema_migrations values (99, 'x', 'x', 0)",
        )
        .await;
        assert!(matches!(storage.ping().await, Err(StorageError::Schema)));
        assert!(matches!(storage.migrate().await, Err(StorageError::Schema)));
    });
}

#[test]
fn a_database_whose_schema_came_from_an_edited_migration_is_refused() {
    let server = Sqld::start(&[]);
    run(async {
        let storage = server.storage();
        storage.migrate().await.unwrap();
        change(
            &server,
            "update schema_migrations set checksum = 'x' where version = 1",
        )
        .await;
        for outcome in [storage.ping().await, storage.migrate().await] {
            assert!(matches!(outcome, Err(StorageError::Corrupt { .. })));
        }
    });
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

async fn change(server: &Sqld, sql: &'static str) {
    let unit = [Statement::new(sql).exactly(1)];
    server.transport().execute(&unit).await.unwrap();
}
