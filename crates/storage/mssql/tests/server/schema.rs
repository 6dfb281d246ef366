//! The suite over SQL databases: over the stand-in.

use iam_storage_conformance::{Open, Sql};

use crate::{
    gateway::{block_on, with},
    stand_in::StandIn,
};

iam_storage_conformance::sql_conformance!(with_sql);
iam_storage_conformance::schema_conformance!(with_sql);

fn with_sql(case: impl AsyncFnOnce(Open<'_>)) {
    block_on(async {
        let server = StandIn::new(false);
        with(&server.listen().await, async |transport| {
            case(&|| Sql::over(transport)).await;
        })
        .await;
    });
}

#[test]
fn a_schema_that_is_there_is_not_made_again() {
    with_sql(async |open| {
        let storage = open().storage;
        storage.migrate().await.unwrap();
        storage.migrate().await.unwrap();
        storage.ping().await.unwrap();
    });
}
