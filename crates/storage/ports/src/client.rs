use async_trait::async_trait;
use iam_model::{Client, ClientId};

use crate::{Change, Listing, Page, StorageError};

/// One tenant's OAuth 2.0 clients, as far as we know more of them than Hydra does. Their ids are
/// unique in the installation, since Hydra knows them by their ids alone.
#[async_trait(?Send)]
pub trait ClientRepository {
    /// The client with this id, if it is this tenant's.
    async fn lookup(&self, id: &ClientId) -> Result<Option<Client>, StorageError>;

    /// The clients whose id begins with `prefix`, by id.
    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<Client>, StorageError>;

    /// Adds a client. The tenant must exist, else [`StorageError::NotFound`]; an id that another
    /// tenant's client has is [`StorageError::AlreadyExists`] too.
    async fn add(&self, client: &Client, change: &Change) -> Result<(), StorageError>;

    /// Replaces all of a client but its id and the time it was made, and returns it as it now is;
    /// [`StorageError::Stale`] if it has changed since it was read, or is gone.
    async fn change(&self, client: Client, change: &Change) -> Result<Client, StorageError>;

    /// Removes a client; [`StorageError::Stale`] if it has changed since it was read, or is gone.
    async fn remove(&self, client: &Client, change: &Change) -> Result<(), StorageError>;
}
