//! The platform port for WASI components under Spin, and under whatever else offers `wasi:http`
//! 0.2 and Spin's variables.
//!
//! A component is its routes and a call to [`serve`].

mod fetch;
mod timer;

use std::{pin::pin, rc::Rc, time::SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use iam_api::{Body, MAX_BODY_BYTES, Route};
use iam_model::Timestamp;
use iam_platform::{Collected, FetchError, Platform, collect};
use spin_sdk::{http::IncomingRequest, variables};

/// Answers `request` by the one of `routes` that fits.
pub async fn serve(request: IncomingRequest, routes: &[Route]) -> Response<Vec<u8>> {
    let mut parts = Request::builder()
        .method(http::Method::from(request.method()))
        .uri(request.path_with_query().unwrap_or_default());
    for (name, value) in request.headers().entries() {
        parts = parts.header(name, value);
    }
    let body = match collect(&mut pin!(request.into_body_stream()), MAX_BODY_BYTES).await {
        Collected::All(bytes) => Body::Complete(bytes),
        Collected::Broken => Body::Incomplete,
        Collected::TooLarge => Body::TooLarge,
    };
    match parts.body(body) {
        Ok(request) => iam_api::serve(Rc::new(Spin), routes, request)
            .await
            .map(Vec::from),
        Err(_) => bad_request(),
    }
}

/// For a request whose path or headers are none: the host lets no such request through.
fn bad_request() -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    response
}

/// What a Spin host gives.
struct Spin;

#[async_trait(?Send)]
impl Platform for Spin {
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        fetch::fetch(request).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is where `Platform::now` comes from"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let millis = since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        Timestamp::from_millis(millis)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        let bytes = wasi::random::random::get_random_bytes(buffer.len() as u64);
        buffer.copy_from_slice(&bytes);
    }

    fn variable(&self, name: &str) -> Option<String> {
        variables::get(name).ok()
    }

    fn log(&self, line: &str) {
        eprintln!("{line}");
    }
}
