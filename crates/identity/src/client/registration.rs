//! A client as Hydra has it.

use iam_hydra::{ClientRegistration, HydraError, has_secret};
use iam_model::{Client, Secret};
use iam_security::random_token;

use crate::{Admin, IdentityError};

/// Adds a client at Hydra and says whether it had none.
pub(super) async fn add(
    admin: &Admin<'_>,
    client: &Client,
    secret: Option<&Secret<String>>,
) -> Result<bool, IdentityError> {
    let registration = registration(admin, client, secret);
    let added = admin.ports.hydra.add_client(&registration).await;
    let added = added.map_err(|error| refusal(client, error))?;
    if added {
        ensure_owned(admin, client).await?;
    }
    Ok(added)
}

/// Adds a client at Hydra, or replaces what it has of it.
pub(super) async fn put(
    admin: &Admin<'_>,
    client: &Client,
    secret: Option<&Secret<String>>,
) -> Result<(), IdentityError> {
    let registration = registration(admin, client, secret);
    let added = admin.ports.hydra.put_client(&registration).await;
    if added.map_err(|error| refusal(client, error))? {
        ensure_owned(admin, client).await?;
    }
    Ok(())
}

/// Undoes what was added at Hydra for a client that somebody has removed meanwhile.
async fn ensure_owned(admin: &Admin<'_>, client: &Client) -> Result<(), IdentityError> {
    if admin.store().clients().lookup(&client.id).await?.is_some() {
        return Ok(());
    }
    admin.ports.hydra.remove_client(&client.id).await?;
    Err(IdentityError::NotFound)
}

fn registration(
    admin: &Admin<'_>,
    client: &Client,
    secret: Option<&Secret<String>>,
) -> ClientRegistration {
    let lifetimes = &admin.tenant.settings.token_lifetimes;
    ClientRegistration::new(client, lifetimes, admin.ports.audience, secret)
}

/// What Hydra refuses after our own checks is a key or a URI that it cannot read.
fn refusal(client: &Client, error: HydraError) -> IdentityError {
    match error {
        HydraError::Refused(_) if client.details.jwks.is_some() => {
            IdentityError::invalid("/jwks", "holds a key that is malformed")
        }
        HydraError::Refused(_) => {
            IdentityError::invalid("/redirect_uris", "or another URI is malformed")
        }
        error => error.into(),
    }
}

/// A secret for a client that proves itself by one.
pub(super) fn new_secret(admin: &Admin<'_>, client: &Client) -> Option<Secret<String>> {
    let method = client.details.token_endpoint_auth_method;
    has_secret(method).then(|| random_token(admin.ports.platform))
}
