//! The database as a whole.

use futures_util::future::join_all;
use iam_storage_ports::Storage;

use crate::fixture::{Here, MANY};

/// A storage whose schema is current answers.
pub async fn a_migrated_storage_answers(storage: &dyn Storage) {
    storage.ping().await.unwrap();
}

/// Migrations run again and at once, and leave the data alone.
pub async fn migrations_run_again_and_at_once(storage: &dyn Storage) {
    let tenant = Here::new(storage).await.tenant;
    for outcome in join_all((0..MANY).map(|_| storage.migrate())).await {
        outcome.unwrap();
    }
    storage.ping().await.unwrap();
    let found = storage.tenants().lookup(&tenant.id).await.unwrap();
    assert_eq!(found, Some(tenant));
}
