use bytes::Bytes;
use http::{Response, StatusCode};
use iam_hydra::Tokens;
use serde::Serialize;

use crate::problem::json;

/// Tokens as they are answered (RFC 6749 §5.1): the one place that writes them.
#[derive(Serialize)]
pub(super) struct TokenResponse<'a> {
    status: &'static str,
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    token_type: &'static str,
    expires_in: u64,
    scope: &'a str,
}

impl<'a> TokenResponse<'a> {
    pub(super) fn of(tokens: &'a Tokens) -> Self {
        Self {
            status: "complete",
            access_token: tokens.access_token.expose(),
            refresh_token: tokens.refresh_token.as_ref().map(|t| t.expose().as_str()),
            id_token: tokens.id_token.as_ref().map(|t| t.expose().as_str()),
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            scope: &tokens.scope,
        }
    }
}

/// The answer of a refresh.
pub(super) fn complete(tokens: &Tokens) -> Response<Bytes> {
    let body = TokenResponse::of(tokens);
    json(StatusCode::OK, "application/json", &body)
}
