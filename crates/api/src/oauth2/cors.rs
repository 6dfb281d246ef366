//! Which scripts of other origins may read an answer (Fetch §3.2), client by client.
//!
//! A preflight cannot tell which client will ask, so it is granted to any origin: it says nothing,
//! and with no cookie and no credential of a browser looked at here, what comes after it is what
//! anybody could send from anywhere. What counts is the answer itself: it is readable only for the
//! origins that the client has registered.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use iam_model::ClientId;

use crate::{Access, Route, call::Call, problem::empty};

/// The route that answers preflights at `path`.
#[must_use]
pub const fn preflight(path: &'static str) -> Route {
    Route {
        method: Method::OPTIONS,
        path,
        access: Access::Open,
        handler: |call| Box::pin(async move { Ok(allow(&call.headers)) }),
    }
}

fn allow(headers: &HeaderMap) -> Response<Bytes> {
    let mut response = empty(StatusCode::NO_CONTENT);
    let Some(origin) = headers.get(header::ORIGIN) else {
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    for (name, value) in [
        (header::VARY, "Origin"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `response`, readable for the script that asked if its origin is one of `client`'s. That nothing
/// can be found out about the client is no reason to keep an answer back.
pub(crate) async fn readable(
    call: &Call,
    client: Option<&ClientId>,
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    let origin = call.headers.get(header::ORIGIN);
    let (Some(origin), Some(client)) = (origin, client) else {
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if is_registered(call, client, origin).await {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        let exposed = HeaderValue::from_static("Retry-After, WWW-Authenticate");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}

async fn is_registered(call: &Call, client: &ClientId, origin: &HeaderValue) -> bool {
    let Ok(storage) = call.storage() else {
        return false;
    };
    match storage.principals().find_by_client(client).await {
        Ok(found) => found.is_some_and(|(_, client)| {
            let mut own = client.details.allowed_origins.iter();
            own.any(|own| own.as_str().as_bytes() == origin.as_bytes())
        }),
        Err(error) => {
            call.platform.log(&format!("CORS not decided: {error}"));
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::allow;

    #[test]
    fn a_preflight_is_granted_without_credentials() {
        let origin = HeaderValue::from_static("https://app.example");
        let headers = HeaderMap::from_iter([(header::ORIGIN, origin.clone())]);
        let granted = allow(&headers);
        let headers = granted.headers();
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
        assert_eq!(headers[header::VARY], "Origin");
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        assert!(allow(&HeaderMap::new()).headers().is_empty());
    }
}
