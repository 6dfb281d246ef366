//! The suite over SQL databases, and what definitions that commit ask for.

use futures_util::future::join_all;
use iam_storage_conformance::{Open, Sql};
use iam_storage_ports::{Storage, StorageError};
use iam_storage_sql::{SqlStorage, SqlTransport as _, Statement};

use crate::server::MySql;

iam_storage_conformance::sql_conformance!(with_sql);
iam_storage_conformance::schema_conformance!(with_sql);

fn with_sql(case: impl AsyncFnOnce(Open<'_>)) {
    let server = MySql::shared();
    server.with(&server.new_database(), async |transport| {
        case(&|| Sql::over(transport)).await;
    });
}

#[test]
fn a_migration_goes_on_where_a_program_died_that_had_begun_it() {
    let server = MySql::shared();
    let whole = server.new_database();
    server.with(&whole, async |transport| {
        SqlStorage::new(transport()).migrate().await.unwrap();
        let undo = [
            // As if it had died between a definition and its note, in a migration of many.
            "delete from schema_migrations where version >= 2",
            "delete from schema_steps where version > 2",
            "update schema_steps set done = done - 1 where version = 2",
        ];
        for sql in undo {
            transport().execute(&[Statement::new(sql)]).await.unwrap();
        }
        // What comes after is not there yet.
        for table in [
            "ended_sessions",
            "one_time_codes",
            "messages",
            "recovery_codes",
        ] {
            let drop = Statement::new(format!("drop table {table}"));
            transport().execute(&[drop]).await.unwrap();
        }
        for column in ["secret", "last_step"] {
            let drop = Statement::new(format!("alter table credentials drop column {column}"));
            transport().execute(&[drop]).await.unwrap();
        }
        let storage = SqlStorage::new(transport());
        assert!(matches!(storage.ping().await, Err(StorageError::Schema)));
        let programs: Vec<_> = (0..4).map(|_| SqlStorage::new(transport())).collect();
        for outcome in join_all(programs.iter().map(Storage::migrate)).await {
            outcome.unwrap();
        }
        storage.ping().await.unwrap();
    });
}
