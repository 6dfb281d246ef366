//! What becomes of a SQL database that is empty, shared, newer or tampered with.

use futures_util::future::join_all;
use iam_storage_ports::StorageError;
use iam_storage_sql::Statement;

use crate::sql::{Open, Sql};

/// Everything says so.
pub async fn an_empty_database_has_no_schema(open: Open<'_>) {
    let storage = open().storage;
    assert!(matches!(storage.ping().await, Err(StorageError::Schema)));
    let name = "demo".parse().unwrap();
    let found = storage.tenants().find_by_name(&name).await;
    assert!(matches!(found, Err(StorageError::Schema)));
}

/// Each step is taken once, and nobody hears of the others.
pub async fn of_programs_that_migrate_at_once_one_makes_the_schema_and_all_succeed(open: Open<'_>) {
    let programs: Vec<_> = (0..8).map(|_| open()).collect();
    for outcome in join_all(programs.iter().map(|sql| sql.storage.migrate())).await {
        outcome.unwrap();
    }
    let sql = open();
    sql.storage.ping().await.unwrap();
    let steps = sql.storage.migrations().await.unwrap();
    assert!(steps.iter().all(|step| step.applied_at.is_some()));
    let rows = Statement::new("select version from schema_migrations");
    assert_eq!(sql.run(rows).await.unwrap().len(), steps.len());
}

/// It might be read wrongly.
pub async fn a_database_that_a_newer_program_has_migrated_is_refused(open: Open<'_>) {
    let sql = changed(
        open,
        "insert into schema_migrations values (99, 'x', 'x', 0)",
    )
    .await;
    for outcome in [sql.storage.ping().await, sql.storage.migrate().await] {
        assert!(matches!(outcome, Err(StorageError::Schema)), "{outcome:?}");
    }
}

/// Nobody knows what is in it.
pub async fn a_database_whose_schema_came_from_an_edited_migration_is_refused(open: Open<'_>) {
    let edit = "update schema_migrations set checksum = 'x' where version = 1";
    let sql = changed(open, edit).await;
    for outcome in [sql.storage.ping().await, sql.storage.migrate().await] {
        let corrupt = matches!(outcome, Err(StorageError::Corrupt { .. }));
        assert!(corrupt, "{outcome:?}");
    }
}

async fn changed(open: Open<'_>, change: &'static str) -> Sql {
    let sql = open();
    sql.storage.migrate().await.unwrap();
    sql.run(Statement::new(change).exactly(1)).await.unwrap();
    sql
}
