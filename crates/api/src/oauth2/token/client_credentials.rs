use bytes::Bytes;
use http::Response;
use iam_model::ResourceUri;

use super::answer::ours;
use crate::oauth2::{client_call::ClientCall, refusal::Refusal};

/// Tokens of the client's own (RFC 6749 §4.4.2). The token hook decides what they say.
pub(super) async fn token(call: &ClientCall<'_>) -> Result<Response<Bytes>, Refusal> {
    let resources = call.resources()?;
    call.ensure_may_ask_for(&resources).await?;
    let named: Vec<_> = resources.iter().map(ResourceUri::as_str).collect();
    // RFC 9068 §3: an access token has an audience, whether or not one was asked for.
    let audience = if named.is_empty() {
        call.issuer.clone()
    } else {
        named.join(" ")
    };
    let mut parameters = vec![
        ("grant_type", "client_credentials"),
        ("audience", audience.as_str()),
    ];
    parameters.extend(call.parameters.get("scope").map(|scope| ("scope", scope)));
    let answer = call.hydra.token_as(&call.credentials, &parameters).await?;
    ours(&answer)
}
