use async_trait::async_trait;
use iam_model::Timestamp;

use crate::{IdempotencyRecord, StorageError};

/// What one tenant's creates are recognised by. They are added with the [`Change`](crate::Change)
/// of the create.
#[async_trait(?Send)]
pub trait IdempotencyRepository {
    /// The record with this key.
    async fn find_by_key(&self, key: &str) -> Result<Option<IdempotencyRecord>, StorageError>;

    /// Removes the records made before `before` and says how many they were.
    async fn purge(&self, before: Timestamp) -> Result<u64, StorageError>;
}
