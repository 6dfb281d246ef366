use bytes::Bytes;
use http::Response;
use iam_auth::AuthError;
use iam_hydra::exchange_uri;

use super::{
    answer::{success, tokens},
    resources::{audience, ensure_granted},
};
use crate::oauth2::{
    client_call::ClientCall,
    refusal::{ErrorCode, Refusal},
};

/// A code for tokens (RFC 6749 §4.1.3), with PKCE (RFC 7636 §4.5).
pub(super) async fn token(call: &ClientCall<'_>) -> Result<Response<Bytes>, Refusal> {
    let resources = call.resources()?;
    let mut parameters = vec![
        ("grant_type", "authorization_code"),
        ("code", call.parameters.required("code")?),
    ];
    let redirect_uri = redirect_uri(call).await?;
    parameters.extend(redirect_uri.as_deref().map(|uri| ("redirect_uri", uri)));
    let verifier = call.parameters.get("code_verifier");
    parameters.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    // Codes of that URI are those of token exchanges, which are redeemed inside the server.
    if redirect_uri == Some(exchange_uri(&call.issuer)) {
        return Err(Refusal::new(ErrorCode::InvalidGrant));
    }
    call.ensure_may_ask_for(&resources).await?;
    let answer = call.hydra.token_as(&call.credentials, &parameters).await?;
    let tokens = tokens(&answer)?;
    // The code is used up now. If it was for other resources, nobody gets its tokens.
    let granted = audience(&tokens);
    ensure_granted(&resources, granted.iter().map(String::as_str))?;
    Ok(success(&tokens))
}

/// The redirect URI that the code was for. A code of the authorization challenge endpoint was for
/// none (draft-ietf-oauth-first-party-apps §6), which to Hydra is the first of the client's; what
/// binds it to who asked for it is its PKCE.
async fn redirect_uri(call: &ClientCall<'_>) -> Result<Option<String>, Refusal> {
    if let Some(given) = call.parameters.get("redirect_uri") {
        return Ok(Some(given.to_owned()));
    }
    let principals = call.storage.principals();
    let found = principals
        .find_by_client(call.credentials.client_id())
        .await;
    let (_, client) = found
        .map_err(AuthError::from)?
        .ok_or(AuthError::UnknownClient)?;
    let first = client.redirect_uris.first().filter(|_| client.first_party);
    Ok(first.map(|uri| uri.as_str().to_owned()))
}
