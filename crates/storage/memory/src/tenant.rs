use async_trait::async_trait;
use iam_model::{Tenant, TenantId, TenantName, TenantStatus, Timestamp};
use iam_storage_ports::{StorageError, TenantRepository};

use crate::{MemoryStorage, storage::Tables};

#[async_trait(?Send)]
impl TenantRepository for MemoryStorage {
    async fn lookup(&self, id: &TenantId) -> Result<Option<Tenant>, StorageError> {
        Ok(self.read().tenants.get(id).cloned())
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, StorageError> {
        Ok(self.read().tenant_named(name).cloned())
    }

    async fn add(&self, tenant: &Tenant) -> Result<(), StorageError> {
        let mut tables = self.write();
        if tables.tenants.contains_key(&tenant.id) || tables.tenant_named(&tenant.name).is_some() {
            return Err(StorageError::AlreadyExists);
        }
        tables.tenants.insert(tenant.id, tenant.clone());
        Ok(())
    }

    async fn change_status(
        &self,
        tenant: Tenant,
        status: TenantStatus,
        now: Timestamp,
    ) -> Result<Tenant, StorageError> {
        let mut tables = self.write();
        let stored = tables
            .tenants
            .get_mut(&tenant.id)
            .filter(|stored| stored.version == tenant.version)
            .ok_or(StorageError::Stale)?;
        stored.status = status;
        stored.version += 1;
        stored.updated_at = now;
        Ok(stored.clone())
    }
}

impl Tables {
    pub(crate) fn tenant_named(&self, name: &TenantName) -> Option<&Tenant> {
        self.tenants.values().find(|tenant| tenant.name == *name)
    }
}
