//! What becomes of a database that is empty or shared.

use futures_util::future::join_all;
use iam_storage_conformance::upgrade::Sql;
use iam_storage_ports::{Storage, StorageError};
use iam_storage_sql::{SqlStorage, SqlTransport as _, Statement};

use crate::server::Postgres;

iam_storage_conformance::upgrade_conformance!(with_sql);

fn with_sql(case: impl AsyncFnOnce(&Sql<'_>)) {
    let server = Postgres::shared();
    server.with(&server.new_database(), async |transport| {
        let storage = SqlStorage::new(transport());
        let sql = Sql {
            transport: &transport(),
            storage: &storage,
            transfer: &storage,
        };
        case(&sql).await;
    });
}

#[test]
fn an_empty_database_has_no_schema() {
    let server = Postgres::shared();
    server.with(&server.new_database(), async |transport| {
        let storage = SqlStorage::new(transport());
        assert!(matches!(storage.ping().await, Err(StorageError::Schema)));
    });
}

#[test]
fn of_programs_that_migrate_at_once_one_makes_the_schema_and_all_succeed() {
    let server = Postgres::shared();
    server.with(&server.new_database(), async |transport| {
        let programs: Vec<_> = (0..8).map(|_| SqlStorage::new(transport())).collect();
        for outcome in join_all(programs.iter().map(Storage::migrate)).await {
            outcome.unwrap();
        }
        programs[0].ping().await.unwrap();
        let versions = Statement::new("select version from schema_migrations order by version");
        let rows = transport().execute(&[versions]).await.unwrap();
        assert!(rows[0].len() > 3);
    });
}
