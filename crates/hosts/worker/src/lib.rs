//! The platform port for Cloudflare Workers.
//!
//! A Worker is its routes and a call to [`serve`].
//!
//! The variable `issuer` is the binding `ISSUER`, and so on: `[vars]` and secrets are in capitals
//! by Cloudflare's convention. Hydra is reached over service bindings: see
//! `destination.rs`.

mod destination;
mod fetch;
mod headers;

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use http::{Request, Response, StatusCode};
use iam_api::{Body, Route, body_limit};
use iam_model::Timestamp;
use iam_platform::{Collected, FetchError, Platform, collect};
use worker::{Env, ResponseBuilder, js_sys::Reflect};

/// Answers `request` by the one of `routes` that fits.
///
/// # Errors
/// When the runtime does not take the response.
pub async fn serve(
    mut request: worker::Request,
    env: Env,
    routes: &[Route],
) -> worker::Result<worker::Response> {
    let limit = body_limit(routes, &request.path());
    let body = receive(&mut request, limit).await;
    // `worker::Method` is `Get` for every method that it does not know.
    let method = request.inner().method();
    let parts = Request::builder()
        .method(&*method)
        .uri(path_and_query(&request));
    let Ok(mut incoming) = parts.body(body) else {
        // The path is none to the `http` crate, so none of ours.
        let builder = ResponseBuilder::new();
        return Ok(builder.with_status(StatusCode::BAD_REQUEST.into()).empty());
    };
    *incoming.headers_mut() = headers::from_js(request.headers());
    // Spin's hosts say by it who is connected; here it is Cloudflare's header that does.
    incoming.headers_mut().remove("spin-client-addr");
    respond(iam_api::serve(Rc::new(Worker { env }), routes, incoming).await)
}

/// What was asked for, in the form in which HTTP/1.1 sends it.
fn path_and_query(request: &worker::Request) -> String {
    let query = request
        .url()
        .ok()
        .and_then(|url| Some(format!("?{}", url.query()?)));
    request.path() + &query.unwrap_or_default()
}

async fn receive(request: &mut worker::Request, limit: usize) -> Body {
    // There is no stream where there is no body.
    let Ok(mut stream) = request.stream() else {
        return Body::Complete(Bytes::new());
    };
    match collect(&mut stream, limit).await {
        Collected::All(bytes) => Body::Complete(bytes),
        Collected::Broken => Body::Incomplete,
        Collected::TooLarge => {
            // The runtime cuts the connection of a body that was begun and not read to its end,
            // and the answer with it. How much there can be is bounded by Cloudflare.
            while let Some(Ok(_)) = stream.next().await {}
            Body::TooLarge
        }
    }
}

fn respond(response: Response<Bytes>) -> worker::Result<worker::Response> {
    let (parts, body) = response.into_parts();
    let builder = ResponseBuilder::new()
        .with_status(parts.status.into())
        .with_headers(headers::to_js(&parts.headers)?);
    // A 204 with a body, be it of no bytes, is none to the runtime.
    Ok(if body.is_empty() {
        builder.empty()
    } else {
        builder.fixed(body.into())
    })
}

/// What the Workers runtime gives.
struct Worker {
    env: Env,
}

#[async_trait(?Send)]
impl Platform for Worker {
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        fetch::fetch(self, request).await
    }

    fn now(&self) -> Timestamp {
        let millis = worker::Date::now().as_millis();
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    #[expect(
        clippy::expect_used,
        reason = "a runtime without randomness: to go on would make keys that can be guessed"
    )]
    fn fill_random(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the runtime gives randomness");
    }

    fn variable(&self, name: &str) -> Option<String> {
        let value = Reflect::get(&self.env, &name.to_ascii_uppercase().into()).ok()?;
        // A number in `[vars]` arrives as a number.
        let number = || value.as_f64().map(|number| number.to_string());
        value.as_string().or_else(number)
    }

    fn log(&self, line: &str) {
        worker::console_error!("{line}");
    }
}
