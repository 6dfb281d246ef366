//! The schema: what says so when it is not there, or not ours.

use iam_storage_ports::{Storage, StorageError};
use serde_json::json;

use crate::server::with_database;

#[test]
fn without_a_schema_everything_says_so() {
    with_database(async |database| {
        let storage = database.storage();
        assert!(matches!(storage.ping().await, Err(StorageError::Schema)));
        let messages = storage.messages().count(iam_model::Timestamp::default());
        assert!(matches!(messages.await, Err(StorageError::Schema)));
        let steps = storage.migrations().await.unwrap();
        assert!(steps.iter().all(|step| step.applied_at.is_none()));
        storage.migrate().await.unwrap();
        let taken = storage.migrations().await.unwrap();
        assert!(taken.iter().all(|step| step.applied_at.is_some()));
        assert!(taken[0].statements[0].starts_with(r#"{"createIndexes":"tenants""#));
    });
}

#[test]
fn the_schema_of_a_newer_program_is_refused() {
    with_database(async |database| {
        let storage = database.storage();
        storage.migrate().await.unwrap();
        let newer = json!({
            "_id": "99", "version": 99, "name": "x", "checksum": "x", "applied_at": 1,
        });
        let insert = format!(r#"[{{"insert":"schema_migrations","documents":[{newer}]}}]"#);
        database.run(&insert).await;
        for outcome in [storage.ping().await, storage.migrate().await] {
            assert!(matches!(outcome, Err(StorageError::Schema)), "{outcome:?}");
        }
    });
}
