//! The suite over SQL databases.

use iam_storage_conformance::{Open, Sql};

use crate::server::Postgres;

iam_storage_conformance::sql_conformance!(with_sql);
iam_storage_conformance::schema_conformance!(with_sql);

fn with_sql(case: impl AsyncFnOnce(Open<'_>)) {
    let server = Postgres::shared();
    server.with(&server.new_database(), async |transport| {
        case(&|| Sql::over(transport)).await;
    });
}
