//! `GET /.well-known/openid-configuration` (OIDC Discovery §4) and
//! `GET /.well-known/oauth-authorization-server` (RFC 8414 §3): what is open, and nothing else.
//!
//! Permissions: none.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::Serialize;

use super::{jwks, published, token};
use crate::{
    Route,
    call::Call,
    problem::{Problem, json},
};

/// The route of OIDC Discovery.
pub const OPENID_CONFIGURATION: Route = Route {
    method: Method::GET,
    path: "/.well-known/openid-configuration",
    handler: |call| Box::pin(async move { handle(&call) }),
};

/// The route of RFC 8414.
pub const AUTHORIZATION_SERVER: Route = Route {
    method: Method::GET,
    path: "/.well-known/oauth-authorization-server",
    handler: |call| Box::pin(async move { handle(&call) }),
};

/// RFC 8414 §2. There is no `authorization_endpoint`, which is required only where a grant type
/// uses it: codes are so far used inside the server alone.
#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    jwks_uri: String,
    token_endpoint: String,
    response_types_supported: &'static [&'static str],
    grant_types_supported: &'static [&'static str],
    subject_types_supported: &'static [&'static str],
    id_token_signing_alg_values_supported: &'static [&'static str],
    token_endpoint_auth_methods_supported: &'static [&'static str],
    scopes_supported: &'static [&'static str],
    claims_supported: &'static [&'static str],
    acr_values_supported: &'static [&'static str],
}

fn handle(call: &Call) -> Result<Response<Bytes>, Problem> {
    let issuer = call.issuer()?;
    let metadata = Metadata {
        issuer: &issuer,
        jwks_uri: format!("{issuer}{}", jwks::ROUTE.path),
        token_endpoint: format!("{issuer}{}", token::ROUTE.path),
        response_types_supported: &[],
        grant_types_supported: &[token::GRANT_TYPE],
        subject_types_supported: &["public"],
        id_token_signing_alg_values_supported: &["ES256"],
        token_endpoint_auth_methods_supported: &[iam_hydra::PUBLIC_CLIENT],
        scopes_supported: &["openid", "offline_access", "profile"],
        claims_supported: &[
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "acr",
            "amr",
            "tenant",
            "preferred_username",
        ],
        acr_values_supported: &["pwd"],
    };
    let response = json(StatusCode::OK, "application/json", &metadata);
    Ok(published(response))
}
