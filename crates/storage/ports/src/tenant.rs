use async_trait::async_trait;
use iam_model::{Tenant, TenantId, TenantName, TenantStatus, Timestamp};

use crate::StorageError;

/// The tenants of the installation. Names are unique.
#[async_trait(?Send)]
pub trait TenantRepository {
    /// The tenant with this id.
    async fn lookup(&self, id: &TenantId) -> Result<Option<Tenant>, StorageError>;

    /// The tenant with this name.
    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, StorageError>;

    /// Adds a tenant.
    async fn add(&self, tenant: &Tenant) -> Result<(), StorageError>;

    /// Gives `tenant` another status and returns it as it now is; [`StorageError::Stale`] if it
    /// has changed since it was read, or is gone.
    async fn change_status(
        &self,
        tenant: Tenant,
        status: TenantStatus,
        now: Timestamp,
    ) -> Result<Tenant, StorageError>;
}
