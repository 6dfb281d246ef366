mod code;
mod from;

use std::error::Error;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

pub use code::{Code, catalogue};

/// What is wrong with one field of a request.
#[derive(Debug, Serialize)]
pub(crate) struct FieldError {
    /// Where it is in the request body (RFC 6901).
    pub(crate) pointer: String,
    /// What is wrong with it.
    pub(crate) detail: String,
}

/// An error on its way to a client (RFC 9457), with what only the operator gets to read.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    detail: Option<String>,
    errors: Vec<FieldError>,
    cause: Option<String>,
}

#[derive(Serialize)]
struct Wire<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    trace_id: &'a str,
}

impl Problem {
    pub(crate) const fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            cause: None,
        }
    }

    /// Says more than the code alone does. The text goes to the client.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Says why, to the operator only.
    pub(crate) fn cause(mut self, error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        self.cause = Some(text);
        self
    }

    /// The line for the operator, if there is something to say.
    pub(crate) fn log_line(&self, trace_id: &str) -> Option<String> {
        let cause = self.cause.as_ref()?;
        let code = self.code.as_str();
        Some(format!("trace_id={trace_id} code={code} cause={cause:?}"))
    }

    /// The response (RFC 9457 §3).
    pub(crate) fn respond(&self, trace_id: &str) -> Response<Bytes> {
        let status = self.code.status();
        let wire = Wire {
            // RFC 9457 §4.2.1: with `about:blank` the title is that of the status.
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: self.code.as_str(),
            detail: self.detail.as_deref().unwrap_or(self.code.detail()),
            errors: &self.errors,
            trace_id,
        };
        let mut response = json(status, "application/problem+json", &wire);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    #[cfg(test)]
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(|error| error.pointer.as_str())
    }
}

/// A response that is its status.
pub(crate) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// A response with `body` as JSON that no cache keeps (RFC 6749 §5.1).
pub(crate) fn json(
    status: StatusCode,
    media_type: &'static str,
    body: &impl Serialize,
) -> Response<Bytes> {
    // Our own types have string keys and no failing `Serialize`.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
