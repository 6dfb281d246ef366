//! What becomes of a database that is empty or shared.

use iam_storage_ports::{Storage as _, StorageError};
use iam_storage_sql::SqlStorage;

use crate::{
    gateway::{block_on, with},
    stand_in::StandIn,
};

#[test]
fn an_empty_database_has_no_schema() {
    block_on(async {
        let server = StandIn::new(false);
        with(&server.listen().await, async |transport| {
            let storage = SqlStorage::new(transport());
            assert!(matches!(storage.ping().await, Err(StorageError::Schema)));
            storage.migrate().await.unwrap();
            storage.ping().await.unwrap();
            storage.migrate().await.unwrap();
        })
        .await;
    });
}
