//! `/auth/logout`: the end of a login.
//!
//! `POST` takes one of three bodies:
//! - `client_id` and `token`: revokes the tokens of one login. `token` is its access or its refresh
//!   token (RFC 7009 §2.1). 204.
//! - `all: true`, with an access token as `Authorization: Bearer`: ends all sessions of its user.
//!   204.
//! - `logout_challenge`, from the logout page that a browser was sent to: gives `redirect_to`, where
//!   the browser goes on and its session ends.
//!
//! `GET ?logout_challenge=` says what that page is to ask.
//!
//! An access token that services verify by themselves stays valid for them until it expires.
//!
//! Permissions: none; the token, or the challenge, is the permission.
//! Errors: `invalid_challenge`, `invalid_json`, `invalid_request`, `payload_too_large`,
//! `unauthenticated`, `unknown_client`, `unsupported_media_type`, and 503 for what is out of reach.

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, header};
use iam_auth::{accept_logout, logout, logout_everywhere, logout_question};
use iam_model::Secret;
use serde_json::{Map, Value, json};

use crate::{
    Access, Route,
    call::Call,
    fields::Fields,
    oauth2::browser::{Browsing, challenge, sender},
    problem::{self, Code, FieldError, Problem, empty},
};

const PATH: &str = "/auth/logout";

/// The route that ends a login.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: PATH,
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

/// The route of the question.
pub const GET: Route = Route {
    method: Method::GET,
    path: PATH,
    access: Access::Open,
    handler: |call| Box::pin(ask(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let object = call.body.json(&call.headers)?;
    if object.contains_key("logout_challenge") {
        return accept(&call, Fields::new(object)).await;
    }
    if object.contains_key("all") {
        return everywhere(&call, object).await;
    }
    let mut fields = Fields::new(object);
    let client_id = fields.required("client_id");
    let token = fields.secret("token");
    let proof = fields.finish()?;
    let (client_id, token) = (client_id.open(&proof)?, token.open(&proof)?);
    logout(&call.hydra()?, &client_id, &token).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

async fn everywhere(call: &Call, object: Map<String, Value>) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(object);
    let all = fields.take::<bool>("all");
    let proof = fields.finish()?;
    if !all.open(&proof)? {
        let only = FieldError::at("/all", "must be true, or left out");
        return Err(Problem::new(Code::InvalidRequest).errors(vec![only]));
    }
    let token = bearer(&call.headers).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    let browsing = Browsing::of(call)?;
    logout_everywhere(&browsing.ports(), &sender(call), &token).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// RFC 6750 §2.1.
fn bearer(headers: &HeaderMap) -> Option<Secret<String>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
        .then(|| Secret::new(token.to_owned()))
}

async fn accept(call: &Call, mut fields: Fields) -> Result<Response<Bytes>, Problem> {
    let challenge = fields.secret("logout_challenge");
    let proof = fields.finish()?;
    let challenge = challenge.open(&proof)?;
    let browsing = Browsing::of(call)?;
    let url = accept_logout(&browsing.ports(), challenge.expose()).await?;
    let body = json!({ "redirect_to": url });
    Ok(problem::json(StatusCode::OK, "application/json", &body))
}

async fn ask(call: Call) -> Result<Response<Bytes>, Problem> {
    let challenge = challenge(&call, "logout_challenge")?;
    let browsing = Browsing::of(&call)?;
    let question = logout_question(&browsing.ports(), &challenge).await?;
    let body = json!({
        "user": { "id": question.subject },
        "client": question.client_id.map(|id| json!({ "client_id": id })),
    });
    Ok(problem::json(StatusCode::OK, "application/json", &body))
}
