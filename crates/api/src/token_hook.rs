//! `POST /internal/token-hook`: Hydra asks what the tokens it is about to issue should say.
//!
//! Permissions: the key in `X-Token-Hook-Key`.
//! Answers as Hydra's token hook wants it: 200 with new claims, 204 to keep those there are,
//! 403 to refuse the tokens.

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode};
use iam_auth::{AuthError, RefreshedSubject, refreshed_claims};
use iam_model::{Scope, ScopeToken, Secret, TenantName};
use iam_policy::{Acr, Amr, Assurance, Claims};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{
    Route,
    call::Call,
    problem::{Code, Problem, empty, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/internal/token-hook",
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
}

#[derive(Deserialize)]
struct IdToken {
    subject: String,
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_types: Vec<String>,
    granted_scopes: Vec<ScopeToken>,
}

/// The claims of ours that the tokens had until now.
#[derive(Deserialize)]
struct Extra {
    tenant: TenantName,
    acr: Acr,
    amr: Vec<Amr>,
}

#[derive(Serialize)]
struct HookReply {
    session: Claims,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    if !is_hydra(&call.token_hook_key()?, &call.headers) {
        // To anybody else there is nothing here.
        return Err(Problem::new(Code::NotFound));
    }
    let request: HookRequest = call.body.internal(&call.headers)?;
    match request.request.grant_types.as_slice() {
        // The claims of a code were decided moments ago, at consent.
        [grant] if grant == "authorization_code" => return Ok(empty(StatusCode::NO_CONTENT)),
        [grant] if grant == "refresh_token" => {}
        _ => return Ok(empty(StatusCode::FORBIDDEN)),
    }
    let scope = request.request.granted_scopes.into_iter().collect();
    let Some(subject) = subject(request.session, scope) else {
        return Ok(empty(StatusCode::FORBIDDEN));
    };
    match refreshed_claims(&*call.storage()?, &subject).await {
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

/// Whose tokens these are; `None` for tokens that are not of our making.
fn subject(session: Session, scope: Scope) -> Option<RefreshedSubject> {
    let Extra { tenant, acr, amr } = serde_json::from_value(session.extra).ok()?;
    Some(RefreshedSubject {
        tenant,
        user: session.id_token.subject.parse().ok()?,
        assurance: Assurance { acr, amr },
        scope,
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use iam_model::{Scope, Secret};
    use serde_json::json;

    use super::{KEY_HEADER, Session, is_hydra, subject};

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

    #[test]
    fn a_session_that_is_not_ours_has_no_subject() {
        let session = |extra| -> Session {
            let user = "01890a5d-ac96-774b-bcce-b302099a8057";
            serde_json::from_value(json!({"id_token": {"subject": user}, "extra": extra})).unwrap()
        };
        let good = json!({"tenant": "demo", "acr": "pwd", "amr": ["pwd"], "roles": []});
        assert!(subject(session(good), Scope::default()).is_some());
        assert!(subject(session(json!({"tenant": "demo"})), Scope::default()).is_none());
        assert!(subject(session(json!(null)), Scope::default()).is_none());
    }
}
