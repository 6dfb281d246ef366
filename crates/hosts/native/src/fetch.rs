use std::{error::Error, fmt::Write as _, time::Duration};

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use iam_platform::{FETCH_TIMEOUT_MS, FetchError, MAX_RESPONSE_BYTES};
use tokio::time::timeout;

/// How long a connection is kept for the next request. Servers hang up after half a minute or
/// more; to be earlier than them is to never send a request into a connection that is closing.
const IDLE: Duration = Duration::from_secs(20);

/// Outbound HTTP/1.1, with and without TLS, over connections that are kept alive.
pub(crate) struct Fetcher {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Default for Fetcher {
    fn default() -> Self {
        let mut tcp = HttpConnector::new();
        // A request is written at once: nothing is gained by waiting for more.
        tcp.set_nodelay(true);
        // Or it would refuse `https` before TLS gets to see it.
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Self { client }
    }
}

impl Fetcher {
    /// Sends `request` and collects the response, unless it takes too long.
    pub(crate) async fn fetch(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, FetchError> {
        let limit = Duration::from_millis(FETCH_TIMEOUT_MS);
        timeout(limit, self.exchange(request))
            .await
            .unwrap_or(Err(FetchError::Timeout))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        let destination = destination(request.uri());
        let sent = self.client.request(request.map(Full::new)).await;
        let response = sent.map_err(|error| unreachable(&destination, &error))?;
        let (parts, body) = response.into_parts();
        match Limited::new(body, MAX_RESPONSE_BYTES).collect().await {
            Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge),
            Err(error) => Err(unreachable(&destination, error.as_ref())),
        }
    }
}

/// Where `uri` leads, for a log: without the password, path and query it may have.
fn destination(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    match uri.port() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Only the innermost errors say what happened ("connection refused"), so all are told.
fn unreachable(destination: &str, error: &(dyn Error + 'static)) -> FetchError {
    let mut reason = format!("{destination}: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string does not fail.
        let _ = write!(reason, ": {error}");
        cause = error.source();
    }
    FetchError::Unreachable { reason }
}

#[cfg(test)]
mod tests;
