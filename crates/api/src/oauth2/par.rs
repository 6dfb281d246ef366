//! `POST /oauth2/par`: the pushed authorization request endpoint (RFC 9126 §2).
//!
//! Permissions: the client's own authentication, as at the token endpoint.
//! Errors: those of RFC 9126 §2.3.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use iam_auth::{AuthError, Parameters, PushError, PushedRequest, push};
use iam_hydra::ClientCredentials;
use iam_model::ClientId;
use serde::Serialize;

use super::{
    browser::{Browsing, refusal},
    cors::readable,
    refusal::error,
};
use crate::{
    Access, Route,
    call::Call,
    problem::{Code, Problem, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/oauth2/par",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

/// RFC 9126 §2.2.
#[derive(Serialize)]
struct Wire<'a> {
    request_uri: &'a str,
    expires_in: u64,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let Ok(form) = call.body.form(&call.headers) else {
        return Ok(error("invalid_request"));
    };
    let authorization = call.headers.get(header::AUTHORIZATION);
    let Ok(credentials) = ClientCredentials::read(&form, authorization) else {
        return Ok(error("invalid_client"));
    };
    let client: ClientId = credentials.client_id().clone();
    let browsing = Browsing::of(&call)?;
    let parameters = Parameters::parse(&form);
    let pushed = push(&browsing.ports(), &credentials, &parameters).await;
    let response = match pushed {
        Ok(pushed) => created(&pushed),
        Err(PushError::Refused(error)) => refusal(StatusCode::BAD_REQUEST, error),
        Err(PushError::Failed(AuthError::UnknownClient)) => error("invalid_client"),
        Err(PushError::Failed(cause)) => failed(&call, cause),
    };
    Ok(readable(&call, Some(&client), response).await)
}

fn created(pushed: &PushedRequest) -> Response<Bytes> {
    let wire = Wire {
        request_uri: pushed.request_uri.expose(),
        expires_in: pushed.expires_in.as_secs(),
    };
    let mut response = json(StatusCode::CREATED, "application/json", &wire);
    let no_cache = HeaderValue::from_static("no-cache, no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_cache);
    response
}

fn failed(call: &Call, cause: AuthError) -> Response<Bytes> {
    let problem = Problem::from(cause);
    call.platform.log(&format!(
        "pushed authorization request failed: {}",
        problem.log_line(&call.trace_id).unwrap_or_default()
    ));
    error(match problem.code {
        Code::Internal => "server_error",
        _ => "temporarily_unavailable",
    })
}
