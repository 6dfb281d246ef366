use async_trait::async_trait;
use iam_model::{Tenant, TenantId, TenantName, TenantStatus};

use crate::{Change, Listing, Page, StorageError};

/// The tenants of the installation. Names are unique.
#[async_trait(?Send)]
pub trait TenantRepository {
    /// The tenant with this id.
    async fn lookup(&self, id: &TenantId) -> Result<Option<Tenant>, StorageError>;

    /// The tenant with this name.
    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, StorageError>;

    /// The tenants that `filter` lets through, by id.
    async fn list(
        &self,
        filter: &TenantFilter,
        page: &Page,
    ) -> Result<Listing<Tenant>, StorageError>;

    /// Adds a tenant.
    async fn add(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError>;

    /// Replaces all of a tenant but its id, its name and the time it was made, and returns it as it
    /// now is; [`StorageError::Stale`] if it has changed since it was read, or is gone.
    async fn change(&self, tenant: Tenant, change: &Change) -> Result<Tenant, StorageError>;

    /// Removes a tenant with all that belongs to it, its audit log too; `change` is of another
    /// tenant's. [`StorageError::Stale`] if it has changed since it was read, or is gone.
    async fn remove(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError>;
}

/// Which tenants are wanted: those for whom all that is set holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TenantFilter {
    /// The status; `None` for all but the deleted.
    pub status: Option<TenantStatus>,
    /// How the name begins.
    pub name_prefix: Option<String>,
}
