use iam_hydra::Hydra;
use iam_model::{ClientId, Secret};

use crate::AuthError;

/// Revokes `token`, an access or a refresh token, and with it all tokens of its login. A token
/// that is unknown or already revoked is no error: logging out twice is being logged out.
pub async fn logout(
    hydra: &Hydra,
    client_id: &ClientId,
    token: &Secret<String>,
) -> Result<(), AuthError> {
    Ok(hydra.revoke(client_id, token).await?)
}
