use iam_hydra::{HydraError, TokenRequest, Tokens};
use iam_model::{ClientId, Secret};
use iam_policy::Denial;

use crate::{AuthError, TokenPorts, TokenSubject, refreshed_claims};

/// What Hydra answers if the token hook has said no.
pub const REFUSED_BY_HOOK: &str = "access_denied";

/// Takes a refresh token for new tokens. Hydra asks the token hook what they say, so they carry
/// what is true now.
pub async fn refresh(
    ports: &TokenPorts<'_>,
    client_id: &ClientId,
    refresh_token: &Secret<String>,
) -> Result<Tokens, AuthError> {
    let request = TokenRequest::RefreshToken {
        client_id,
        refresh_token,
    };
    match ports.hydra.token(&request).await {
        Err(HydraError::Refused(no)) if no.error == REFUSED_BY_HOOK => {
            Err(refusal_of_refresh(ports, refresh_token).await)
        }
        tokens => Ok(tokens?),
    }
}

/// Why the token hook has refused this refresh token, which it did not use up. The reason is not in
/// Hydra's answer, so it is decided once more. A user is told only what they can do something
/// about: prove more, or change the password.
pub async fn refusal_of_refresh(
    ports: &TokenPorts<'_>,
    refresh_token: &Secret<String>,
) -> AuthError {
    match reason(ports, refresh_token).await {
        Ok(denial @ (Denial::AssuranceRequired(_) | Denial::PasswordChangeRequired)) => {
            AuthError::Denied(denial)
        }
        Ok(_) => AuthError::InvalidGrant,
        Err(error) => error,
    }
}

async fn reason(
    ports: &TokenPorts<'_>,
    refresh_token: &Secret<String>,
) -> Result<Denial, AuthError> {
    let token = ports.hydra.introspect(refresh_token).await?;
    let token = token.ok_or(AuthError::InvalidGrant)?;
    let subject = TokenSubject::read(&token.sub, &token.claims, token.scope, token.client_id);
    let subject = subject.ok_or(AuthError::InvalidGrant)?;
    match refreshed_claims(ports.platform, ports.storage, &subject).await {
        Err(AuthError::Denied(denial)) => Ok(denial),
        Err(error) => Err(error),
        // What stood in the way is gone meanwhile: the next refresh succeeds.
        Ok(_) => Err(AuthError::InvalidGrant),
    }
}
