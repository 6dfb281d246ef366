use async_trait::async_trait;
use iam_model::{ApiKey, ApiKeyId};

use crate::{Change, Listing, Page, StorageError};

/// One tenant's API keys. Their ids are unique in the installation, since a key comes alone.
#[async_trait(?Send)]
pub trait ApiKeyRepository {
    /// The key with this id, if it is this tenant's.
    async fn lookup(&self, id: &ApiKeyId) -> Result<Option<ApiKey>, StorageError>;

    /// The keys, by id; the revoked and the expired too.
    async fn list(&self, page: &Page) -> Result<Listing<ApiKey>, StorageError>;

    /// Adds a key. The tenant must exist, else [`StorageError::NotFound`].
    async fn add(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError>;

    /// Replaces all of a key but its id, its digest and the time it was made, and returns it as it
    /// now is; [`StorageError::Stale`] if it has changed since it was read, or is gone.
    async fn change(&self, key: ApiKey, change: &Change) -> Result<ApiKey, StorageError>;

    /// Removes a key; [`StorageError::Stale`] if it has changed since it was read, or is gone.
    async fn remove(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError>;
}
