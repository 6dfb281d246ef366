//! `POST /oauth2/revoke` (RFC 7009): revokes an access or a refresh token, and with it all tokens of
//! its grant. An access token that services verify by themselves stays valid for them until it
//! expires.
//!
//! Permissions: those of the client that the token was issued to, which proves itself.
//! Errors: those of RFC 6749 §5.2. A token that is unknown is no error (§2.2).

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::revoke;
use iam_model::Secret;

use super::{
    client_call::{ClientCall, respond},
    refusal::Refusal,
};
use crate::{
    Access, Route,
    call::Call,
    problem::{Problem, empty},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/oauth2/revoke",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    Ok(respond(&call, answer(&call).await).await)
}

async fn answer(call: &Call) -> Result<Response<Bytes>, Refusal> {
    let call = ClientCall::open(call)?;
    let token = Secret::new(call.parameters.required("token")?.to_owned());
    revoke(&call.ports(), &call.credentials, &token).await?;
    Ok(empty(StatusCode::OK))
}
