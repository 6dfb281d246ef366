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
use iam_api::{Body, Route, body_limit};
use iam_model::Timestamp;
use iam_platform::{Collected, FetchError, Platform, collect};
use spin_sdk::{
    http::{Fields, IncomingRequest, OutgoingResponse, ResponseOutparam},
    variables,
};

/// Answers `request` by the one of `routes` that fits.
pub async fn serve(request: IncomingRequest, routes: &[Route]) -> Response<Vec<u8>> {
    let mut parts = Request::builder()
        .method(http::Method::from(request.method()))
        .uri(request.path_with_query().unwrap_or_default());
    for (name, value) in request.headers().entries() {
        parts = parts.header(name, value);
    }
    let target = request.path_with_query().unwrap_or_default();
    let limit = body_limit(routes, target.split('?').next().unwrap_or_default());
    let body = match collect(&mut pin!(request.into_body_stream()), limit).await {
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

/// [`serve`] for routes whose responses can have a header more than once, as `Set-Cookie` is: what
/// Spin's own response is made of keeps one value of each name.
pub async fn answer(request: IncomingRequest, out: ResponseOutparam, routes: &[Route]) {
    let (parts, body) = serve(request, routes).await.into_parts();
    let headers: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    // Where nothing is set, the host answers that something went wrong.
    let headers = match Fields::from_list(&headers) {
        Ok(headers) => headers,
        Err(error) => return eprintln!("response not sent: {error}"),
    };
    let response = OutgoingResponse::new(headers);
    if response.set_status_code(parts.status.as_u16()).is_err() {
        return eprintln!("response not sent: no status is {}", parts.status);
    }
    if let Err(error) = out.set_with_body(response, body).await {
        eprintln!("response not sent: {error}");
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
