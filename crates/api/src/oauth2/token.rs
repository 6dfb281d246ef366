//! `POST /oauth2/token` (RFC 6749 §3.2), for refresh tokens.
//!
//! Permissions: none; the token is the permission.
//! Errors: those of RFC 6749 §5.2.

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use iam_hydra::HydraError;
use serde::Deserialize;
use url::form_urlencoded;

use super::error::error;
use crate::{
    Route,
    call::Call,
    problem::{Problem, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/oauth2/token",
    handler: |call| Box::pin(handle(call)),
};

/// The grant type that is open.
pub(super) const GRANT_TYPE: &str = "refresh_token";

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let Ok(form) = call.body.form(&call.headers) else {
        return Ok(error("invalid_request"));
    };
    if let Some(code) = refusal(&form) {
        return Ok(error(code));
    }
    let authorization = call.headers.get(header::AUTHORIZATION);
    match call
        .hydra()?
        .forward_token_request(form, authorization)
        .await
    {
        Ok(answer) => Ok(ours(&answer)),
        Err(cause) => {
            call.platform.log(&format!("token request failed: {cause}"));
            Ok(error(match cause {
                HydraError::Unavailable(_) => "temporarily_unavailable",
                HydraError::Internal(_) | HydraError::Refused(_) => "server_error",
            }))
        }
    }
}

/// What is wrong with the request before anybody looks at its token.
fn refusal(form: &[u8]) -> Option<&'static str> {
    let one = |wanted: &str| {
        let mut values = form_urlencoded::parse(form).filter(|(name, _)| name == wanted);
        // RFC 6749 §3.2: one without a value is as good as omitted, and none may be repeated.
        let value = values.next().filter(|(_, value)| !value.is_empty());
        value.filter(|_| values.next().is_none())
    };
    match (one("grant_type"), one("refresh_token")) {
        (Some((_, grant_type)), Some(_)) if grant_type == GRANT_TYPE => None,
        (Some((_, grant_type)), _) if grant_type != GRANT_TYPE => Some("unsupported_grant_type"),
        _ => Some("invalid_request"),
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Hydra's answer in our words: its texts are not for clients.
fn ours(answer: &Response<Bytes>) -> Response<Bytes> {
    let body = answer.body();
    if answer.status().is_success()
        && let Ok(mut tokens) = serde_json::from_slice::<serde_json::Value>(body)
    {
        tokens["token_type"] = "Bearer".into();
        return json(StatusCode::OK, "application/json", &tokens);
    }
    let refusal = serde_json::from_slice::<Refusal>(body);
    error(
        refusal
            .as_ref()
            .map_or("server_error", |r| r.error.as_str()),
    )
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Response, StatusCode};

    use super::{ours, refusal};

    #[test]
    fn only_one_refresh_token_grant_is_let_through() {
        assert_eq!(refusal(b"grant_type=refresh_token&refresh_token=x"), None);
        assert_eq!(
            refusal(b"grant_type=password"),
            Some("unsupported_grant_type")
        );
        assert_eq!(refusal(b"refresh_token=x"), Some("invalid_request"));
        assert_eq!(
            refusal(b"grant_type=refresh_token&refresh_token="),
            Some("invalid_request")
        );
        assert_eq!(
            refusal(b"grant_type=refresh_token&grant_type=password"),
            Some("invalid_request")
        );
    }

    #[test]
    fn hydras_texts_stay_inside() {
        let mut answer = Response::new(Bytes::from_static(
            br#"{"error":"invalid_grant","error_description":"hydra says","error_debug":"x"}"#,
        ));
        *answer.status_mut() = StatusCode::BAD_REQUEST;
        let response = ours(&answer);
        let body = String::from_utf8_lossy(response.body());
        assert!(
            body.contains("invalid_grant") && !body.contains("hydra"),
            "{body}"
        );
    }
}
