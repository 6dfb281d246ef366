use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use iam_auth::AuthError;
use iam_hydra::{BadCredentials, HydraError};
use iam_model::Acr;
use iam_policy::Denial;
use serde::{Deserialize, Serialize};

use crate::{
    call::Call,
    problem::{Problem, json},
};

/// What can go wrong at the OAuth2 endpoints.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ErrorCode {
    /// draft-ietf-oauth-first-party-apps §5.2.2: the user has to prove more.
    InsufficientAuthorization,
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    InvalidScope,
    /// RFC 8707 §2.
    InvalidTarget,
    ServerError,
    TemporarilyUnavailable,
    UnauthorizedClient,
    UnsupportedGrantType,
}

impl ErrorCode {
    /// What Hydra's `error` is to clients.
    fn of_hydra(error: &str) -> Self {
        match error {
            // An assertion that was used before.
            "invalid_client" | "jti_known" => Self::InvalidClient,
            "invalid_grant" => Self::InvalidGrant,
            "invalid_scope" => Self::InvalidScope,
            "server_error" => Self::ServerError,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            // `access_denied` is the token hook's no.
            "access_denied" | "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_grant_type" => Self::UnsupportedGrantType,
            _ => Self::InvalidRequest,
        }
    }

    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InsufficientAuthorization => (
                StatusCode::FORBIDDEN,
                "insufficient_authorization",
                "The user has to log in again and prove more, or change the password.",
            ),
            Self::InvalidClient => (
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "Client authentication failed, or there is no such client.",
            ),
            Self::InvalidGrant => (
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                "The code or refresh token is unknown, expired, revoked, already used or of \
                 another client, or its user may not have tokens any more.",
            ),
            Self::InvalidRequest => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The request is malformed, or a parameter is missing, repeated or not supported.",
            ),
            Self::InvalidScope => (
                StatusCode::BAD_REQUEST,
                "invalid_scope",
                "The scope is not one that the client may ask for, or that was granted.",
            ),
            Self::InvalidTarget => (
                StatusCode::BAD_REQUEST,
                "invalid_target",
                "The client may not ask for tokens for this resource, or other resources were \
                 granted: tokens are for exactly those that were.",
            ),
            Self::ServerError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Something went wrong on our side.",
            ),
            Self::TemporarilyUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "The authorization server cannot answer now. Try again later.",
            ),
            Self::UnauthorizedClient => (
                StatusCode::BAD_REQUEST,
                "unauthorized_client",
                "The client may not use this grant type, or may have no tokens now.",
            ),
            Self::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "The grant types of this endpoint are in the metadata: see grant_types_supported.",
            ),
        }
    }
}

/// An error of RFC 6749 §5.2 on its way to a client, in words that are ours, with what only the
/// operator gets to read.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: ErrorCode,
    description: Option<&'static str>,
    acr: Option<Acr>,
    problem: Option<Box<Problem>>,
}

#[derive(Serialize)]
struct Wire<'a> {
    error: &'a str,
    error_description: &'a str,
    /// What the user has to reach, in the words of RFC 9470 §3.
    #[serde(skip_serializing_if = "Option::is_none")]
    acr_values: Option<&'static str>,
}

impl Refusal {
    pub(crate) const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            description: None,
            acr: None,
            problem: None,
        }
    }

    /// Says more than the code alone does.
    pub(crate) const fn because(code: ErrorCode, description: &'static str) -> Self {
        let mut refusal = Self::new(code);
        refusal.description = Some(description);
        refusal
    }

    /// An answer of Hydra's that is no success. Its texts are not for clients.
    pub(crate) fn of_answer(answer: &Response<Bytes>) -> Self {
        Self::new(hydra_error(answer).map_or(ErrorCode::ServerError, |e| ErrorCode::of_hydra(&e)))
    }

    /// The response, after the operator was told what there is to tell.
    pub(crate) fn respond(&self, call: &Call) -> Response<Bytes> {
        if let Some(line) = self
            .problem
            .as_ref()
            .and_then(|p| p.log_line(&call.trace_id))
        {
            call.platform.log(&line);
        }
        self.response()
    }

    fn response(&self) -> Response<Bytes> {
        let (status, error, description) = self.code.parts();
        let wire = Wire {
            error,
            error_description: self.description.unwrap_or(description),
            acr_values: self.acr.map(Acr::as_str),
        };
        let mut response = json(status, "application/json", &wire);
        let headers = response.headers_mut();
        match status {
            // RFC 6749 §5.2, RFC 9110 §15.5.2: a 401 names the scheme to authenticate with.
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// The response for the error code `error`, of ours or of Hydra's.
pub(super) fn error(error: &str) -> Response<Bytes> {
    Refusal::new(ErrorCode::of_hydra(error)).response()
}

/// The `error` of an answer of Hydra's.
pub(super) fn hydra_error(answer: &Response<Bytes>) -> Option<String> {
    #[derive(Deserialize)]
    struct Error {
        error: String,
    }
    let error: Error = serde_json::from_slice(answer.body()).ok()?;
    Some(error.error)
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let code = match problem.code.status() {
            StatusCode::SERVICE_UNAVAILABLE => ErrorCode::TemporarilyUnavailable,
            status if status.is_client_error() => ErrorCode::InvalidRequest,
            _ => ErrorCode::ServerError,
        };
        Self {
            problem: Some(Box::new(problem)),
            ..Self::new(code)
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Denied(Denial::AssuranceRequired(acr)) => Self {
                acr: Some(acr),
                ..Self::new(ErrorCode::InsufficientAuthorization)
            },
            AuthError::Denied(Denial::PasswordChangeRequired) => {
                Self::new(ErrorCode::InsufficientAuthorization)
            }
            AuthError::Denied(_) | AuthError::InvalidGrant => Self::new(ErrorCode::InvalidGrant),
            AuthError::InvalidScope(_) => Self::new(ErrorCode::InvalidScope),
            AuthError::UnknownClient => Self::new(ErrorCode::InvalidClient),
            error => Problem::from(error).into(),
        }
    }
}

impl From<HydraError> for Refusal {
    fn from(error: HydraError) -> Self {
        match error {
            HydraError::Refused(refused) => Self::new(ErrorCode::of_hydra(&refused.error)),
            error => Problem::from(AuthError::from(error)).into(),
        }
    }
}

impl From<BadCredentials> for Refusal {
    fn from(bad: BadCredentials) -> Self {
        Self::new(match bad {
            BadCredentials::Ambiguous => ErrorCode::InvalidRequest,
            // RFC 6749 §5.2: "no client authentication included" is one of its cases.
            BadCredentials::Malformed => ErrorCode::InvalidClient,
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Response, StatusCode, header};
    use iam_auth::AuthError;
    use iam_model::Acr;
    use iam_policy::Denial;

    use super::Refusal;

    #[track_caller]
    fn check(refusal: &Refusal, status: StatusCode, body: &str) {
        let response = refusal.response();
        let text = String::from_utf8_lossy(response.body());
        assert_eq!(response.status(), status);
        assert!(text.contains(body), "{text}");
        assert!(!text.contains("hydra"), "{text}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }

    #[test]
    fn hydras_texts_stay_inside() {
        let answer = Response::new(Bytes::from_static(
            br#"{"error":"invalid_grant","error_description":"hydra says","error_debug":"x"}"#,
        ));
        let grant = r#"{"error":"invalid_grant""#;
        check(&Refusal::of_answer(&answer), StatusCode::BAD_REQUEST, grant);
        let odd = Response::new(Bytes::from_static(b"hydra says"));
        let (status, error) = (StatusCode::INTERNAL_SERVER_ERROR, "server_error");
        check(&Refusal::of_answer(&odd), status, error);
    }

    #[test]
    fn who_has_to_prove_more_is_told_how_much() {
        let denied = AuthError::Denied(Denial::AssuranceRequired(Acr::Mfa));
        let acr = r#""acr_values":"mfa""#;
        check(&denied.into(), StatusCode::FORBIDDEN, acr);
    }
}
