use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::problem::json;

/// An error response of RFC 6749 §5.2.
#[derive(Serialize)]
struct OAuthError<'a> {
    error: &'a str,
    error_description: &'a str,
}

/// The response for `error`, in words that are ours.
pub(super) fn error(error: &str) -> Response<Bytes> {
    let (status, error, error_description) = match error {
        "invalid_client" => (
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Client authentication failed, or there is no such client.",
        ),
        // `access_denied` is the token hook's no: the user may not have tokens any more.
        "invalid_grant" | "access_denied" => (
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "The refresh token is unknown, expired, revoked, already used or of another client.",
        ),
        "invalid_scope" => (
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "The scope is not one that was granted.",
        ),
        "server_error" => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "Something went wrong on our side.",
        ),
        "temporarily_unavailable" => (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "The authorization server cannot answer now. Try again later.",
        ),
        "unauthorized_client" => (
            StatusCode::BAD_REQUEST,
            "unauthorized_client",
            "The client may not use this grant type.",
        ),
        "unsupported_grant_type" => (
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "The grant types of this endpoint are in the metadata: see grant_types_supported.",
        ),
        _ => (
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The request is malformed, or a parameter is missing, repeated or not supported.",
        ),
    };
    let body = OAuthError {
        error,
        error_description,
    };
    let mut response = json(status, "application/json", &body);
    let headers = response.headers_mut();
    match status {
        // RFC 6749 §5.2: a 401 names the scheme to authenticate with.
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
