use async_trait::async_trait;
use iam_model::{CatalogueEntry, Permission};
use iam_storage_ports::{Change, Listing, Page, PermissionRepository, StorageError};

use crate::{storage::MemoryTenant, table};

#[async_trait(?Send)]
impl PermissionRepository for MemoryTenant<'_> {
    async fn lookup(
        &self,
        permission: &Permission,
    ) -> Result<Option<CatalogueEntry>, StorageError> {
        Ok(self.read().permissions.get(permission).cloned())
    }

    async fn missing(&self, permissions: &[Permission]) -> Result<Vec<Permission>, StorageError> {
        let own = self.read();
        let is_missing = |wanted: &&Permission| !own.permissions.keys().any(|p| wanted.covers(p));
        Ok(permissions.iter().filter(is_missing).cloned().collect())
    }

    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<CatalogueEntry>, StorageError> {
        let wanted = |entry: &CatalogueEntry| table::begins(entry.permission.as_str(), prefix);
        let entries = &self.read().permissions;
        Ok(table::page(entries, page, wanted, |entry| {
            entry.permission.to_string()
        }))
    }

    async fn add(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            table::add(&mut own.permissions, entry.permission.clone(), entry)
        })
    }

    async fn change(
        &self,
        entry: CatalogueEntry,
        change: &Change,
    ) -> Result<CatalogueEntry, StorageError> {
        self.write(change, |own| {
            table::change(&mut own.permissions, entry.permission.clone(), entry)
        })
    }

    async fn remove(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            table::remove(&mut own.permissions, &entry.permission, entry)?;
            let mut roles = own.roles.values();
            table::unused(roles.any(|role| role.permissions.contains(&entry.permission)))
        })
    }
}
