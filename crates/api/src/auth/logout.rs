//! `POST /auth/logout`: revokes the tokens of one login. `token` is its access or its refresh
//! token (RFC 7009 §2.1). An access token that services verify by themselves stays valid for them
//! until it expires.
//!
//! Permissions: none; the token is the permission.
//! Errors: `invalid_json`, `invalid_request`, `payload_too_large`, `unknown_client`,
//! `unsupported_media_type`, and 503 for what is out of reach.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::logout;

use crate::{
    Route,
    call::Call,
    fields::Fields,
    problem::{Problem, empty},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/logout",
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let client_id = fields.required("client_id");
    let token = fields.secret("token");
    let proof = fields.finish()?;
    let (client_id, token) = (client_id.open(&proof)?, token.open(&proof)?);
    logout(&call.hydra()?, &client_id, &token).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
