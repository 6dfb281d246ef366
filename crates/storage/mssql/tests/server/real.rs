//! The suite over the SQL Server that `IAM_TEST_MSSQL_URL` names, in whose database the cases meet:
//! `sqlserver://user:password@host:port/database`, as the gateway reads it.

use iam_storage_conformance::{Open, Sql};
use iam_storage_ports::Storage;
use iam_storage_sql::SqlStorage;

use crate::gateway::{block_on, with};

iam_storage_conformance::storage_conformance!(
    with_storage,
    ignore = "needs a SQL Server: set IAM_TEST_MSSQL_URL and run with --ignored"
);

fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
    block_on(with(&url(), async |transport| {
        let storage = SqlStorage::new(transport());
        storage.migrate().await.unwrap();
        case(&storage).await;
    }));
}

iam_storage_conformance::sql_conformance!(
    with_sql,
    ignore = "needs a SQL Server: set IAM_TEST_MSSQL_URL and run with --ignored"
);

fn with_sql(case: impl AsyncFnOnce(Open<'_>)) {
    block_on(with(&url(), async |transport| {
        case(&|| Sql::over(transport)).await;
    }));
}

fn url() -> String {
    #[expect(clippy::disallowed_methods, reason = "a test is a host")]
    let url = std::env::var("IAM_TEST_MSSQL_URL");
    url.expect(
        "IAM_TEST_MSSQL_URL is sqlserver://user:password@host:port/database, an empty database \
         that is there for these tests",
    )
}
