use bytes::Bytes;
use http::Response;
use iam_auth::{AuthError, REFUSED_BY_HOOK, refusal_of_refresh};
use iam_model::Secret;

use super::{answer::ours, resources::ensure_granted};
use crate::oauth2::{
    client_call::ClientCall,
    refusal::{Refusal, hydra_error},
};

/// A refresh token for new tokens (RFC 6749 §6). They have the scope of the old ones: a narrower
/// `scope` is ignored, as §3.3 allows if the answer says what was granted, which it does.
pub(super) async fn token(call: &ClientCall<'_>) -> Result<Response<Bytes>, Refusal> {
    let refresh_token = Secret::new(call.parameters.required("refresh_token")?.to_owned());
    ensure_resources(call, &refresh_token).await?;
    let parameters = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token.expose().as_str()),
    ];
    let answer = call.hydra.token_as(&call.credentials, &parameters).await?;
    if hydra_error(&answer).is_some_and(|error| error == REFUSED_BY_HOOK) {
        return Err(refusal_of_refresh(&call.ports(), &refresh_token)
            .await
            .into());
    }
    ours(&answer)
}

/// That the resources which are asked for, if any, are those that were granted. It is found out
/// before the refresh token is used up.
async fn ensure_resources(
    call: &ClientCall<'_>,
    refresh_token: &Secret<String>,
) -> Result<(), Refusal> {
    let resources = call.resources()?;
    if resources.is_empty() {
        return Ok(());
    }
    let token = call.hydra.introspect(refresh_token).await?;
    let token = token.filter(|token| token.client_id == *call.credentials.client_id());
    let token = token.ok_or(AuthError::InvalidGrant)?;
    ensure_granted(&resources, token.aud.iter().map(String::as_str))
}
