use async_trait::async_trait;
use iam_model::{ApiKey, ApiKeyId};
use iam_storage_ports::{ApiKeyRepository, Change, Listing, Page, StorageError};

use crate::{storage::MemoryTenant, table};

#[async_trait(?Send)]
impl ApiKeyRepository for MemoryTenant<'_> {
    async fn lookup(&self, id: &ApiKeyId) -> Result<Option<ApiKey>, StorageError> {
        Ok(self.read().api_keys.get(id).cloned())
    }

    async fn list(&self, page: &Page) -> Result<Listing<ApiKey>, StorageError> {
        let keys = &self.read().api_keys;
        Ok(table::page(keys, page, |_| true, |key| key.id.to_string()))
    }

    async fn add(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError> {
        let mut all = self.storage.read().owned.clone().into_values();
        table::free(all.any(|tenant| tenant.api_keys.contains_key(&key.id)))?;
        self.write(change, |own| {
            own.api_keys.insert(key.id, with_sets(key.clone()));
            Ok(())
        })
    }

    async fn change(&self, key: ApiKey, change: &Change) -> Result<ApiKey, StorageError> {
        self.write(change, |own| {
            table::change(&mut own.api_keys, key.id, with_sets(key))
        })
    }

    async fn remove(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| table::remove(&mut own.api_keys, &key.id, key))
    }
}

fn with_sets(key: ApiKey) -> ApiKey {
    ApiKey {
        permissions: table::sorted(key.permissions),
        ..key
    }
}
