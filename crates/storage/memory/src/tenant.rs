use async_trait::async_trait;
use iam_model::{Tenant, TenantId, TenantName, TenantStatus};
use iam_storage_ports::{Change, Listing, Page, StorageError, TenantFilter, TenantRepository};

use crate::{MemoryStorage, table, tables::Tables};

#[async_trait(?Send)]
impl TenantRepository for MemoryStorage {
    async fn lookup(&self, id: &TenantId) -> Result<Option<Tenant>, StorageError> {
        Ok(self.read().tenants.get(id).cloned())
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, StorageError> {
        Ok(self.read().tenant_named(name).cloned())
    }

    async fn list(
        &self,
        filter: &TenantFilter,
        page: &Page,
    ) -> Result<Listing<Tenant>, StorageError> {
        let wanted = |tenant: &Tenant| {
            let deleted = TenantStatus::Deleted;
            let status = filter
                .status
                .map_or(tenant.status != deleted, |s| s == tenant.status);
            status && table::begins(tenant.name.as_str(), filter.name_prefix.as_deref())
        };
        let tenants = &self.read().tenants;
        Ok(table::page(tenants, page, wanted, |tenant| {
            tenant.id.to_string()
        }))
    }

    async fn add(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError> {
        self.unit(|tables| {
            table::free(tables.tenant_named(&tenant.name).is_some())?;
            table::add(&mut tables.tenants, tenant.id, tenant)?;
            tables.record(change)
        })
    }

    async fn change(&self, tenant: Tenant, change: &Change) -> Result<Tenant, StorageError> {
        self.unit(|tables| {
            let tenant = table::change(&mut tables.tenants, tenant.id, tenant)?;
            tables.record(change)?;
            Ok(tenant)
        })
    }

    async fn remove(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError> {
        self.unit(|tables| {
            table::remove(&mut tables.tenants, &tenant.id, tenant)?;
            tables.owned.remove(&tenant.id);
            tables.messages.retain(|_, m| m.tenant_id != tenant.id);
            tables.record(change)
        })
    }
}

impl Tables {
    pub(crate) fn tenant_named(&self, name: &TenantName) -> Option<&Tenant> {
        self.tenants.values().find(|tenant| tenant.name == *name)
    }
}
