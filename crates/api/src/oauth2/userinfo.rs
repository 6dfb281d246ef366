//! `GET` and `POST /oauth2/userinfo` (OIDC Core §5.3): what the granted scopes tell of the user, from
//! the database as it is now.
//!
//! Permissions: an access token for our issuer with the scope `openid`, in the `Authorization` header
//! (RFC 6750 §2.1) and nowhere else.
//! Errors: those of RFC 6750 §3.1, in `WWW-Authenticate`.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use iam_auth::{TokenPorts, UserInfo, UserInfoError, user_info};
use iam_model::{Secret, UserId};
use iam_policy::IdTokenClaims;
use serde::Serialize;

use super::{cors::readable, refusal::Refusal};
use crate::{
    Access, Route,
    call::Call,
    problem::{Problem, empty, json},
};

/// The route with GET.
pub const GET: Route = Route {
    method: Method::GET,
    path: "/oauth2/userinfo",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

/// The route with POST, which OIDC Core §5.3.1 wants too.
pub const POST: Route = Route {
    method: Method::POST,
    ..GET
};

#[derive(Serialize)]
struct Wire {
    sub: UserId,
    #[serde(flatten)]
    claims: IdTokenClaims,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let Some(token) = bearer(&call.headers) else {
        // RFC 6750 §3.1: who has sent no token is told no error.
        return Ok(challenge(StatusCode::UNAUTHORIZED, None));
    };
    let (storage, hydra) = (call.storage()?, call.hydra()?);
    let ports = TokenPorts {
        platform: &*call.platform,
        storage: &*storage,
        hydra: &hydra,
        issuer: &call.issuer()?,
    };
    Ok(match user_info(&ports, &token).await {
        Ok(UserInfo {
            sub,
            claims,
            client_id,
        }) => {
            let response = json(StatusCode::OK, "application/json", &Wire { sub, claims });
            readable(&call, Some(&client_id), response).await
        }
        Err(UserInfoError::InvalidToken) => {
            challenge(StatusCode::UNAUTHORIZED, Some("invalid_token"))
        }
        Err(UserInfoError::InsufficientScope) => {
            challenge(StatusCode::FORBIDDEN, Some("insufficient_scope"))
        }
        Err(UserInfoError::Failed(error)) => Refusal::from(error).respond(&call),
    })
}

fn bearer(headers: &HeaderMap) -> Option<Secret<String>> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| Secret::new(token.trim().to_owned()))
}

fn challenge(status: StatusCode, error: Option<&'static str>) -> Response<Bytes> {
    let value = match error {
        Some("insufficient_scope") => {
            "Bearer realm=\"iam\", error=\"insufficient_scope\", scope=\"openid\""
        }
        Some(_) => "Bearer realm=\"iam\", error=\"invalid_token\"",
        None => "Bearer realm=\"iam\"",
    };
    let mut response = empty(status);
    let headers = response.headers_mut();
    headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
