use async_trait::async_trait;
use iam_model::{Client, ClientId};

use crate::StorageError;

/// OAuth 2.0 clients, as far as we know more of them than Hydra does.
#[async_trait(?Send)]
pub trait ClientRepository {
    /// The client with this id.
    async fn lookup(&self, id: &ClientId) -> Result<Option<Client>, StorageError>;

    /// Adds a client. Its tenant must exist, else [`StorageError::NotFound`].
    async fn add(&self, client: &Client) -> Result<(), StorageError>;
}
