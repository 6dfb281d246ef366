use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Request, Response};
use iam_platform::{Collected, FETCH_TIMEOUT_MS, FetchError, MAX_RESPONSE_BYTES, collect};
use spin_sdk::http::{IncomingResponse, SendError, send};

use crate::timer::sleep;

/// Sends `request` and collects the response, unless it takes too long.
pub(crate) async fn fetch(request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
    let timeout = pin!(sleep(Duration::from_millis(FETCH_TIMEOUT_MS)));
    match select(pin!(exchange(request)), timeout).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => Err(FetchError::Timeout),
    }
}

async fn exchange(request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
    let destination = destination(&request);
    let request = request.map(Vec::from);
    let incoming: IncomingResponse = match send(request).await {
        Ok(incoming) => incoming,
        Err(error) => return Err(explain(&error, destination)),
    };
    let mut response = Response::builder().status(incoming.status());
    for (name, value) in incoming.headers().entries() {
        response = response.header(name, value);
    }
    let unreachable = |reason: &str| FetchError::Unreachable {
        reason: reason.to_owned(),
    };
    let body = match collect(&mut pin!(incoming.take_body_stream()), MAX_RESPONSE_BYTES).await {
        Collected::All(body) => body,
        Collected::Broken => return Err(unreachable("the response broke off")),
        Collected::TooLarge => return Err(FetchError::TooLarge),
    };
    response
        .body(body)
        .map_err(|_| unreachable("the response is malformed"))
}

fn destination(request: &Request<Bytes>) -> String {
    let (scheme, authority) = (request.uri().scheme_str(), request.uri().authority());
    let authority = authority.map_or("", |a| a.as_str());
    format!("{}://{authority}", scheme.unwrap_or_default())
}

fn explain(error: &SendError, destination: String) -> FetchError {
    use spin_sdk::http::ErrorCode;
    match error {
        // Spin says either, depending on its version.
        SendError::Http(ErrorCode::HttpRequestDenied | ErrorCode::HttpRequestUriInvalid) => {
            FetchError::Denied { destination }
        }
        SendError::Http(ErrorCode::ConnectionTimeout | ErrorCode::HttpResponseTimeout) => {
            FetchError::Timeout
        }
        _ => FetchError::Unreachable {
            reason: format!("{destination}: {error}"),
        },
    }
}
