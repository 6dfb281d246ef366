//! `POST /internal/token-hook`: Hydra asks what the tokens it is about to issue should say.
//!
//! Permissions: the key in `X-Token-Hook-Key`.
//! Answers as Hydra's token hook wants it: 200 with new claims, 204 to keep those there are,
//! 403 to refuse the tokens.

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};
use iam_auth::{AuthError, TokenSubject, client_claims, refreshed_claims};
use iam_model::{ClientId, Scope, ScopeToken, Secret};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{
    Access, Route,
    call::Call,
    problem::{Code, Problem, empty, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/internal/token-hook",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

/// The header that Hydra proves itself with.
pub const KEY_HEADER: &str = "x-token-hook-key";

/// As much of Hydra's request as is looked at.
#[derive(Deserialize)]
struct HookRequest {
    session: Session,
    request: TokenRequest,
}

#[derive(Deserialize)]
struct Session {
    id_token: IdToken,
    extra: serde_json::Value,
    /// What Hydra calls the consent, and we the session.
    #[serde(default)]
    consent_challenge: String,
}

#[derive(Deserialize)]
struct IdToken {
    subject: String,
}

#[derive(Deserialize)]
struct TokenRequest {
    client_id: ClientId,
    grant_types: Vec<String>,
    granted_scopes: Vec<ScopeToken>,
}

#[derive(Serialize)]
struct HookReply<C> {
    session: C,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    if !is_hydra(&call.token_hook_key()?, &call.headers) {
        // To anybody else there is nothing here.
        return Err(Problem::new(Code::NotFound));
    }
    let HookRequest { session, request } = call.body.internal(&call.headers)?;
    match request.grant_types.as_slice() {
        // The claims of a code were decided moments ago, at consent.
        [grant] if grant == "authorization_code" => Ok(empty(StatusCode::NO_CONTENT)),
        [grant] if grant == "client_credentials" => client(&call, request).await,
        [grant] if grant == "refresh_token" => refresh(&call, session, request).await,
        _ => Ok(empty(StatusCode::FORBIDDEN)),
    }
}

async fn client(call: &Call, request: TokenRequest) -> Result<Response<Bytes>, Problem> {
    let scope: Scope = request.granted_scopes.into_iter().collect();
    let storage = call.storage()?;
    let claims = client_claims(&*call.platform, &*storage, &request.client_id, &scope);
    answer(claims.await)
}

async fn refresh(
    call: &Call,
    session: Session,
    request: TokenRequest,
) -> Result<Response<Bytes>, Problem> {
    let scope = request.granted_scopes.into_iter().collect();
    let sub = &session.id_token.subject;
    let Some(subject) = TokenSubject::read(sub, &session.extra, scope, request.client_id) else {
        return Ok(empty(StatusCode::FORBIDDEN));
    };
    let subject = TokenSubject {
        session: session.consent_challenge.parse().ok(),
        ..subject
    };
    answer(refreshed_claims(&*call.platform, &*call.storage()?, &subject).await)
}

fn answer<C: Serialize>(claims: Result<C, AuthError>) -> Result<Response<Bytes>, Problem> {
    match claims {
        Ok(session) => Ok(json(
            StatusCode::OK,
            "application/json",
            &HookReply { session },
        )),
        Err(AuthError::Denied(_) | AuthError::InvalidGrant) => Ok(empty(StatusCode::FORBIDDEN)),
        Err(error) => Err(error.into()),
    }
}

fn is_hydra(key: &Secret<String>, headers: &HeaderMap) -> bool {
    let given = headers.get(KEY_HEADER).map_or(&[][..], |v| v.as_bytes());
    key.expose().as_bytes().ct_eq(given).into()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use iam_model::Secret;

    use super::{KEY_HEADER, is_hydra};

    #[test]
    fn only_the_key_opens_the_hook() {
        let key = Secret::new("0123456789abcdef".to_owned());
        let headers = |value: &'static str| {
            HeaderMap::from_iter([(KEY_HEADER.parse().unwrap(), HeaderValue::from_static(value))])
        };
        assert!(is_hydra(&key, &headers("0123456789abcdef")));
        assert!(!is_hydra(&key, &headers("0123456789abcdeg")));
        assert!(!is_hydra(&key, &headers("")));
        assert!(!is_hydra(&key, &HeaderMap::new()));
    }
}
