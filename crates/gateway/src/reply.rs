use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde::Serialize;

/// What goes back to a client.
pub(crate) type Reply = Response<Full<Bytes>>;

/// An answer with `body` as it is.
pub(crate) fn with_body(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Reply {
    let mut reply = Response::new(Full::from(body));
    *reply.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    reply
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    reply
}

/// An answer with `body` as JSON.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
    // What we send are strings, numbers and lists of them: the writer has no reason to refuse.
    let body = serde_json::to_vec(body).unwrap_or_default();
    with_body(status, "application/json", body)
}

/// An answer with `body` as text.
pub(crate) fn text(status: StatusCode, body: impl Into<String>) -> Reply {
    with_body(status, "text/plain", body.into().into_bytes())
}

/// `{"error": message}`, the error of Upstash, and of sqld for what is not about SQL.
pub(crate) fn error(status: StatusCode, message: &str) -> Reply {
    #[derive(Serialize)]
    struct Error<'a> {
        error: &'a str,
    }
    json(status, &Error { error: message })
}

/// 503: nothing was done, and it may be tried again soon (RFC 9110 §15.6.4).
pub(crate) fn overloaded(message: &str) -> Reply {
    retry_later(error(StatusCode::SERVICE_UNAVAILABLE, message))
}

/// `reply`, with the word that it may be tried again soon.
pub(crate) fn retry_later(mut reply: Reply) -> Reply {
    let headers = reply.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    reply
}
