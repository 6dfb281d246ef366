use async_trait::async_trait;
use iam_model::{Client, ClientId};
use iam_storage_ports::{ClientRepository, StorageError};

use crate::MemoryStorage;

#[async_trait(?Send)]
impl ClientRepository for MemoryStorage {
    async fn lookup(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        Ok(self.read().clients.get(id).cloned())
    }

    async fn add(&self, client: &Client) -> Result<(), StorageError> {
        let mut tables = self.write();
        if tables.clients.contains_key(&client.id) {
            return Err(StorageError::AlreadyExists);
        }
        if !tables.tenants.contains_key(&client.tenant_id) {
            return Err(StorageError::NotFound);
        }
        tables.clients.insert(client.id.clone(), client.clone());
        Ok(())
    }
}
