mod code;
mod from;

use std::error::Error;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub use code::{Code, catalogue};

/// What is wrong with one field of a request.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub(crate) struct FieldError {
    /// Where it is in the request body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Which parameter of the query or header it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// What is wrong with it.
    detail: String,
    /// The name of the rule, where there are several, such as those of passwords.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl FieldError {
    /// What is wrong at `pointer` (RFC 6901) of the body.
    pub(crate) fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            parameter: None,
            detail: detail.into(),
            code: None,
        }
    }

    /// What is wrong with a parameter of the query, or with a header.
    pub(crate) fn of(parameter: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: None,
            parameter: Some(parameter.into()),
            detail: detail.into(),
            code: None,
        }
    }

    /// The same, with the name of the rule.
    pub(crate) fn with_code(self, code: Option<&'static str>) -> Self {
        Self { code, ..self }
    }
}

/// An error on its way to a client (RFC 9457), with what only the operator gets to read.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    detail: Option<String>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    headers: Box<HeaderMap>,
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
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

impl Problem {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            members: Map::new(),
            headers: Box::default(),
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

    /// Adds a member of our own (RFC 9457 §3.2).
    pub(crate) fn member(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// Adds a header to the response.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds members of our own.
    pub(crate) fn members(mut self, members: Map<String, Value>) -> Self {
        self.members.extend(members);
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

    /// What it means, for who sent the request.
    pub(crate) fn text(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.code.detail())
    }

    /// What is wrong with the fields, the first `limit` of it.
    pub(crate) fn first_errors(&self, limit: usize) -> Vec<FieldError> {
        self.errors.iter().take(limit).cloned().collect()
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
            detail: self.text(),
            errors: &self.errors,
            trace_id,
            members: &self.members,
        };
        let mut response = json(status, "application/problem+json", &wire);
        if self.code == Code::Unauthenticated {
            // RFC 6750 §3.
            let challenge = HeaderValue::from_static("Bearer realm=\"iam\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.headers_mut().extend((*self.headers).clone());
        response
    }

    #[cfg(test)]
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &str> {
        self.errors
            .iter()
            .filter_map(|error| error.pointer.as_deref())
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
