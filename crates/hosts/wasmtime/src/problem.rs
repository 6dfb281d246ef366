use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::body::{Body, full};

/// What the host itself has to say about a request (RFC 9457). It never says why: that is for
/// the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Problem {
    BadRequest,
    Internal,
    NotFound,
    Overloaded,
    PayloadTooLarge,
    Timeout,
}

impl Problem {
    pub(crate) fn response(self) -> Response<Body> {
        let (status, code, detail) = match self {
            Self::BadRequest => (
                StatusCode::BAD_REQUEST,
                "bad_request",
                "The request is not one that HTTP knows.",
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong on our side.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not_found",
                "There is no such resource.",
            ),
            Self::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many requests are waiting already. Try again later.",
            ),
            Self::PayloadTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload_too_large",
                "The request body is too large.",
            ),
            Self::Timeout => (
                StatusCode::GATEWAY_TIMEOUT,
                "timeout",
                "The request took too long.",
            ),
        };
        let body = format!(
            r#"{{"type":"about:blank","title":"{}","status":{},"code":"{code}","detail":"{detail}"}}"#,
            status.canonical_reason().unwrap_or_default(),
            status.as_u16(),
        );
        let mut response = Response::new(full(Bytes::from(body)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
        headers.insert(header::CACHE_CONTROL, NO_STORE);
        if self == Self::Overloaded {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use http_body_util::BodyExt;

    use super::Problem;

    #[tokio::test]
    async fn a_problem_says_its_code_and_overload_says_when_to_return() {
        let response = Problem::Overloaded.response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()["retry-after"], "1");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            body,
            r#"{"type":"about:blank","title":"Service Unavailable","status":503,"code":"overloaded","detail":"Too many requests are waiting already. Try again later."}"#
        );
        assert!(
            !Problem::Internal
                .response()
                .headers()
                .contains_key("retry-after")
        );
    }
}
