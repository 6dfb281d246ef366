use iam_hydra::ClientRegistration;
use iam_model::{Client, ClientId, RedirectUri, Scope, TenantId};
use iam_storage_ports::StorageError;

use crate::{IdentityError, IdentityPorts};

/// A first-party client to be registered.
pub struct NewClient {
    /// Its id.
    pub id: ClientId,
    /// The tenant whose users log in through it.
    pub tenant_id: TenantId,
    /// Where Hydra would send a code.
    pub redirect_uri: RedirectUri,
    /// The most it may ask for.
    pub scope: Scope,
    /// The login page of its own.
    pub login_uri: Option<RedirectUri>,
}

/// Registers a first-party client, at Hydra and with us. Registering it once more repairs what a
/// first try that broke off has left.
pub async fn register_client(
    ports: &IdentityPorts<'_>,
    new: NewClient,
) -> Result<Client, IdentityError> {
    let client = Client {
        id: new.id,
        tenant_id: new.tenant_id,
        first_party: true,
        redirect_uri: new.redirect_uri,
        scope: new.scope,
        login_uri: new.login_uri,
        created_at: ports.platform.now(),
    };
    let clients = ports.storage.clients();
    // Ours comes first: it decides whose the id is.
    match clients.add(&client).await {
        Ok(()) => {}
        Err(StorageError::AlreadyExists) => {
            let known = clients.lookup(&client.id).await?;
            if known.is_none_or(|known| known.tenant_id != client.tenant_id) {
                return Err(IdentityError::AlreadyExists);
            }
        }
        Err(error) => return Err(error.into()),
    }
    let registration = ClientRegistration::public(&client, ports.audience);
    ports.hydra.put_client(&registration).await?;
    Ok(client)
}
