use iam_hydra::Hydra;
use iam_model::{Client, ClientId, Tenant};
use iam_platform::Platform;
use iam_storage_ports::{EphemeralStore, Storage};

use crate::AuthError;

/// What is needed for browsers.
#[derive(Clone, Copy)]
pub struct BrowserPorts<'a> {
    /// The clock and the randomness.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// What lives for minutes.
    pub ephemeral: &'a dyn EphemeralStore,
    /// The OAuth2 server.
    pub hydra: &'a Hydra,
    /// Our issuer, which is the audience of tokens for which no resource is named (RFC 9068 §3).
    pub issuer: &'a str,
}

impl BrowserPorts<'_> {
    /// The client that a challenge of Hydra's is about, and its tenant. One that is gone meanwhile
    /// takes its challenges with it.
    pub(crate) async fn client(&self, id: &ClientId) -> Result<(Tenant, Client), AuthError> {
        let found = self.storage.principals().find_by_client(id).await?;
        found.ok_or(AuthError::Challenge)
    }
}
