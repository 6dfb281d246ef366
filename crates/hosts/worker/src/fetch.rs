use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Request, Response};
use iam_platform::{
    Collected, FETCH_TIMEOUT_MS, FetchError, MAX_RESPONSE_BYTES, Platform, collect,
};
use worker::{
    AbortController, AbortSignal, Delay, Fetch, Fetcher,
    js_sys::Uint8Array,
    web_sys::{self, RequestRedirect},
};

use crate::{
    Worker,
    destination::{Destination, destination, origin},
    headers,
};

/// Sends `request` and collects the response, unless it takes too long.
pub(crate) async fn fetch(
    worker: &Worker,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, FetchError> {
    let controller = AbortController::default();
    let signal = controller.signal();
    // Not `AbortSignal.timeout`, which keeps the request alive until it fires.
    let timeout = pin!(Delay::from(Duration::from_millis(FETCH_TIMEOUT_MS)));
    match select(pin!(exchange(worker, request, &signal)), timeout).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => {
            controller.abort();
            Err(FetchError::Timeout)
        }
    }
}

async fn exchange(
    worker: &Worker,
    request: Request<Bytes>,
    signal: &AbortSignal,
) -> Result<Response<Bytes>, FetchError> {
    let to = origin(request.uri());
    let unreachable = |reason: &str| FetchError::Unreachable {
        reason: format!("{to}: {reason}"),
    };
    let service = service(worker, &request)?;
    let sent = match (to_js(&request, signal), service) {
        (Ok(request), Some(service)) => service.fetch_request(request).await,
        (Ok(request), None) => Fetch::Request(request).send_with_signal(signal).await,
        (Err(error), _) => Err(error),
    };
    let mut incoming = sent.map_err(|error| unreachable(&error.to_string()))?;
    let body = match incoming.stream() {
        Ok(mut stream) => match collect(&mut stream, MAX_RESPONSE_BYTES).await {
            Collected::All(body) => body,
            Collected::Broken => return Err(unreachable("the response broke off")),
            Collected::TooLarge => return Err(FetchError::TooLarge),
        },
        // There is no stream where there is no body.
        Err(_) => Bytes::new(),
    };
    let mut response = Response::builder()
        .status(incoming.status_code())
        .body(body)
        .map_err(|_| unreachable("the response is malformed"))?;
    *response.headers_mut() = headers::from_js(incoming.headers());
    Ok(response)
}

/// The service binding that `request` leaves by, if not by its URL.
fn service(worker: &Worker, request: &Request<Bytes>) -> Result<Option<Fetcher>, FetchError> {
    let bound = |name: &str| worker.env.service(name).ok();
    let variable = |name: &str| worker.variable(name);
    match destination(request.uri(), variable, |name| bound(name).is_some())? {
        Destination::Binding(name) => Ok(bound(name)),
        Destination::Url => Ok(None),
    }
}

fn to_js(request: &Request<Bytes>, signal: &AbortSignal) -> worker::Result<worker::Request> {
    let init = web_sys::RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers(headers::to_js(request.headers())?.as_ref());
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(signal));
    if !request.body().is_empty() {
        init.set_body(&Uint8Array::from(&**request.body()));
    }
    let url = request.uri().to_string();
    Ok(web_sys::Request::new_with_str_and_init(&url, &init)?.into())
}
