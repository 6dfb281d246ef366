use async_trait::async_trait;
use iam_model::{Client, ClientId};
use iam_storage_ports::{Change, ClientRepository, Listing, Page, StorageError};

use crate::{storage::MemoryTenant, table};

#[async_trait(?Send)]
impl ClientRepository for MemoryTenant<'_> {
    async fn lookup(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        Ok(self.read().clients.get(id).cloned())
    }

    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<Client>, StorageError> {
        let wanted = |client: &Client| table::begins(client.id.as_str(), prefix);
        let clients = &self.read().clients;
        Ok(table::page(clients, page, wanted, |client| {
            client.id.to_string()
        }))
    }

    async fn add(&self, client: &Client, change: &Change) -> Result<(), StorageError> {
        let mut all = self.storage.read().owned.clone().into_values();
        table::free(all.any(|tenant| tenant.clients.contains_key(&client.id)))?;
        let client = Client {
            tenant_id: self.id,
            ..client.clone()
        };
        self.write(change, |own| {
            own.clients.insert(client.id.clone(), client);
            Ok(())
        })
    }

    async fn change(&self, client: Client, change: &Change) -> Result<Client, StorageError> {
        self.write(change, |own| {
            table::change(&mut own.clients, client.id.clone(), client)
        })
    }

    async fn remove(&self, client: &Client, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            table::remove(&mut own.clients, &client.id, client)
        })
    }
}
