use std::{error::Error, time::Duration};

use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response, Uri, uri::Authority};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

/// How long an answer may take. It is longer than what a host's own fetch may take: an import
/// hashes passwords, and a verification goes through 10,000 events.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The largest answer: an export is all that is known of a tenant.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// HTTP/1.1, with and without TLS. Redirects are not followed: they could lead the credentials
/// elsewhere.
pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Lost {
    /// Whether the request cannot have got there.
    pub(super) unsent: bool,
    /// What happened, without the path and query of the request.
    pub(super) reason: String,
}

impl Http {
    pub(super) fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        // Or it would refuse `https` before TLS gets to see it.
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { client }
    }

    pub(super) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let place = place(request.uri());
        let late = Lost {
            unsent: false,
            reason: format!("{place}: no answer within {} seconds", TIMEOUT.as_secs()),
        };
        timeout(TIMEOUT, self.exchange(request, &place))
            .await
            .unwrap_or(Err(late))
    }

    async fn exchange(
        &self,
        request: Request<Bytes>,
        place: &str,
    ) -> Result<Response<Bytes>, Lost> {
        let sent = self.client.request(request.map(Full::new)).await;
        let response = sent.map_err(|error| Lost {
            unsent: error.is_connect(),
            reason: format!("{place}: {}", innermost(&error)),
        })?;
        let (parts, body) = response.into_parts();
        match Limited::new(body, MAX_ANSWER).collect().await {
            Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
            Err(error) => Err(Lost {
                unsent: false,
                reason: if error.is::<LengthLimitError>() {
                    format!("{place}: the answer is larger than {MAX_ANSWER} bytes")
                } else {
                    format!("{place}: {}", innermost(error.as_ref()))
                },
            }),
        }
    }
}

/// Where `uri` leads, without its path and query.
fn place(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let authority = uri.authority().map(Authority::as_str);
    format!("{scheme}://{}", authority.unwrap_or_default())
}

/// Only the innermost error says what happened ("connection refused").
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
