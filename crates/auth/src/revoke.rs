use iam_hydra::ClientCredentials;
use iam_model::Secret;

use crate::{AuthError, TokenPorts};

/// Revokes `token` in the name of the client that it was issued to (RFC 7009), and with it all
/// tokens of its grant.
pub async fn revoke(
    ports: &TokenPorts<'_>,
    credentials: &ClientCredentials,
    token: &Secret<String>,
) -> Result<(), AuthError> {
    Ok(ports.hydra.revoke_as(credentials, token).await?)
}
