//! `POST /oauth2/token` (RFC 6749 §3.2).
//!
//! Permissions: those of the client, which proves itself, and of the code or token it brings.
//! Errors: those of RFC 6749 §5.2, `invalid_target` (RFC 8707 §2), and 403
//! `insufficient_authorization` (draft-ietf-oauth-first-party-apps §5.2.2) where a refresh now takes
//! more than the login has proved.

mod answer;
mod authorization_code;
mod client_credentials;
mod refresh_token;
mod resources;
mod token_exchange;

use bytes::Bytes;
use http::{Method, Response};
use iam_model::GrantType;

use super::{
    client_call::{ClientCall, respond},
    parameters::Parameters,
    refusal::{ErrorCode, Refusal},
};
use crate::{Access, Route, call::Call, problem::Problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/oauth2/token",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

/// The grant types that are open.
pub(super) const GRANT_TYPES: &[&str] = &[
    GrantType::AuthorizationCode.as_str(),
    GrantType::RefreshToken.as_str(),
    GrantType::ClientCredentials.as_str(),
    GrantType::TokenExchange.as_str(),
];

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    Ok(respond(&call, token(&call).await).await)
}

async fn token(call: &Call) -> Result<Response<Bytes>, Refusal> {
    let parameters = Parameters::of(call)?;
    let grant_type = parameters.required("grant_type")?.parse();
    let grant_type = grant_type.map_err(|_| Refusal::new(ErrorCode::UnsupportedGrantType))?;
    let call = ClientCall::open(call)?;
    match grant_type {
        GrantType::AuthorizationCode => authorization_code::token(&call).await,
        GrantType::ClientCredentials => client_credentials::token(&call).await,
        GrantType::RefreshToken => refresh_token::token(&call).await,
        GrantType::TokenExchange => token_exchange::token(&call).await,
    }
}
