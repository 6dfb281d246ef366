use iam_hydra::TokenUse;
use iam_model::{ClientId, Secret, UserId};
use iam_policy::IdTokenClaims;
use thiserror::Error;

use crate::{AuthError, TokenPorts, TokenSubject, refreshed_claims};

/// What a user's client is told of them (OIDC Core §5.3.2).
pub struct UserInfo {
    /// The user.
    pub sub: UserId,
    /// What the granted scopes say, from the database as it is now.
    pub claims: IdTokenClaims,
    /// The client whose access token it is.
    pub client_id: ClientId,
}

/// Why nothing is told (RFC 6750 §3.1).
#[derive(Debug, Error)]
pub enum UserInfoError {
    /// The access token is unknown, expired, revoked, for somebody else, or of a user who would get
    /// none now.
    #[error("the access token is not good for this")]
    InvalidToken,
    /// The access token was granted without `openid`.
    #[error("the access token was granted without openid")]
    InsufficientScope,
    /// It could not be found out.
    #[error(transparent)]
    Failed(#[from] AuthError),
}

/// What is known of the user whose access token this is.
pub async fn user_info(
    ports: &TokenPorts<'_>,
    access_token: &Secret<String>,
) -> Result<UserInfo, UserInfoError> {
    let token = ports.hydra.introspect(access_token).await;
    let token = token
        .map_err(AuthError::from)?
        .ok_or(UserInfoError::InvalidToken)?;
    // A token for some other resource must not open this one (RFC 9700 §2.3).
    let ours = token.aud.iter().any(|audience| audience == ports.issuer);
    if token.token_use != TokenUse::AccessToken || !ours {
        return Err(UserInfoError::InvalidToken);
    }
    if !token.scope.contains("openid") {
        return Err(UserInfoError::InsufficientScope);
    }
    let subject = TokenSubject::read(&token.sub, &token.claims, token.scope, token.client_id);
    let subject = subject.ok_or(UserInfoError::InvalidToken)?;
    match refreshed_claims(ports.platform, ports.storage, &subject).await {
        Ok(claims) => Ok(UserInfo {
            sub: subject.user,
            claims: claims.id_token,
            client_id: subject.client_id,
        }),
        Err(AuthError::Denied(_) | AuthError::InvalidGrant) => Err(UserInfoError::InvalidToken),
        Err(error) => Err(error.into()),
    }
}
