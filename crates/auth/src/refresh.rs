use iam_hydra::{Hydra, HydraError, TokenRequest, Tokens};
use iam_model::{ClientId, Secret};

use crate::{AuthError, Dependency};

/// Takes a refresh token for new tokens (RFC 6749 §6). The old one is used up, and using it again
/// revokes all that came of its login (RFC 9700 §4.14.2). Claims are read afresh by the token hook.
pub async fn refresh(
    hydra: &Hydra,
    client_id: &ClientId,
    refresh_token: &Secret<String>,
) -> Result<Tokens, AuthError> {
    let request = TokenRequest::RefreshToken {
        client_id,
        refresh_token,
    };
    hydra.token(&request).await.map_err(|error| match error {
        // Our request is well-formed. This is Hydra's word for another refresh of the same token
        // that is under way, and it asks to try again.
        HydraError::Refused(refusal) if refusal.error == "invalid_request" => {
            AuthError::Unavailable(Dependency::OAuth, HydraError::Refused(refusal).into())
        }
        error => error.into(),
    })
}
