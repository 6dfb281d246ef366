//! What becomes of a database that is empty, shared, newer or tampered with.

use futures_util::future::join_all;
use iam_storage_ports::{Storage, StorageError};
use iam_storage_sql::{SqlTransport, Statement};

use crate::server::{Sqld, run};

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
        assert_eq!(rows.unwrap()[0].len(), 1);
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
        change(&server, "update schema_migrations set checksum = 'x'").await;
        for outcome in [storage.ping().await, storage.migrate().await] {
            assert!(matches!(outcome, Err(StorageError::Corrupt { .. })));
        }
    });
}

async fn change(server: &Sqld, sql: &'static str) {
    let unit = [Statement::new(sql).exactly(1)];
    server.transport().execute(&unit).await.unwrap();
}
