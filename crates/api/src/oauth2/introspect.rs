//! `POST /oauth2/introspect` (RFC 7662): what a token is good for now. A user who may have no tokens
//! any more has none that is active, and roles and permissions are those of this moment.
//!
//! Permissions: those of a confidential client, which proves itself. It is told of the access tokens
//! of its own tenant, and of its own refresh tokens.
//! Errors: those of RFC 6749 §5.2.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::{Introspection, introspect};
use iam_hydra::TokenUse;
use iam_model::{ClientId, Scope, Secret};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{client_call::ClientCall, refusal::Refusal};
use crate::{
    Access, Route,
    call::Call,
    problem::{Problem, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/oauth2/introspect",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

/// RFC 7662 §2.2, and our claims beside.
#[derive(Serialize)]
struct Wire<'a> {
    active: bool,
    #[serde(flatten)]
    token: Option<Active<'a>>,
}

#[derive(Serialize)]
struct Active<'a> {
    iss: &'a str,
    sub: String,
    client_id: ClientId,
    scope: Scope,
    aud: Vec<String>,
    exp: i64,
    iat: i64,
    /// RFC 6749 §7.1, so of access tokens only.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    token_use: &'static str,
    #[serde(flatten)]
    claims: Map<String, Value>,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    Ok(match answer(&call).await {
        Ok(response) => response,
        Err(refusal) => refusal.respond(&call),
    })
}

async fn answer(call: &Call) -> Result<Response<Bytes>, Refusal> {
    let call = ClientCall::open(call)?;
    let token = Secret::new(call.parameters.required("token")?.to_owned());
    call.hydra.authenticate_client(&call.credentials).await?;
    let found = introspect(&call.ports(), call.credentials.client_id(), &token).await?;
    let body = Wire {
        active: found.is_some(),
        token: found.map(|found| active(found, &call.issuer)),
    };
    Ok(json(StatusCode::OK, "application/json", &body))
}

fn active(found: Introspection, issuer: &str) -> Active<'_> {
    let Introspection { token, claims } = found;
    let (token_use, token_type) = match token.token_use {
        TokenUse::AccessToken => ("access_token", Some("Bearer")),
        TokenUse::RefreshToken => ("refresh_token", None),
    };
    Active {
        iss: issuer,
        sub: token.sub,
        client_id: token.client_id,
        scope: token.scope,
        aud: token.aud,
        exp: token.exp,
        iat: token.iat,
        token_type,
        token_use,
        claims,
    }
}
