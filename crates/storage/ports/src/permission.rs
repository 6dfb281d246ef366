use async_trait::async_trait;
use iam_model::{CatalogueEntry, Permission};

use crate::{Change, Listing, Page, StorageError};

/// One tenant's permission catalogue: what its roles can be made of.
#[async_trait(?Send)]
pub trait PermissionRepository {
    /// The entry of this permission.
    async fn lookup(&self, permission: &Permission)
    -> Result<Option<CatalogueEntry>, StorageError>;

    /// Which of `permissions` the catalogue does not have: a wildcard is had if it covers an entry.
    async fn missing(&self, permissions: &[Permission]) -> Result<Vec<Permission>, StorageError>;

    /// The entries whose permission begins with `prefix`, by permission.
    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<CatalogueEntry>, StorageError>;

    /// Adds an entry. The tenant must exist, else [`StorageError::NotFound`].
    async fn add(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError>;

    /// Replaces the description of an entry and returns it as it now is; [`StorageError::Stale`]
    /// if it has changed since it was read, or is gone.
    async fn change(
        &self,
        entry: CatalogueEntry,
        change: &Change,
    ) -> Result<CatalogueEntry, StorageError>;

    /// Removes an entry. [`StorageError::Stale`] if it has changed since it was read, or is gone;
    /// [`StorageError::InUse`] if a role names it.
    async fn remove(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError>;
}
