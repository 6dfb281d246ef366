use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use iam_config::Endpoint;
use iam_host_native::NativePlatform;
use iam_model::{Secret, Timestamp};
use iam_platform::Platform;
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use url::form_urlencoded;

mod call;

pub(crate) use call::{Call, segment};

use super::{
    Problem,
    http::{Http, Lost},
};
use crate::failure::Failure;

/// How often something is asked that can be asked again without harm.
const ATTEMPTS: u32 = 3;

/// The longest that the server can make us wait before we ask again, in seconds.
const MAX_WAIT: u64 = 5;

/// An installation, asked as somebody or as nobody.
pub(crate) struct Api {
    http: Http,
    base: Endpoint,
    bearer: Option<HeaderValue>,
    /// What to do about an answer that the bearer is not known.
    hint: &'static str,
    tenant: Option<String>,
    platform: NativePlatform,
}

/// An answer that is a success.
pub(crate) struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) const fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).context("the answer is not text")
    }

    /// The body as a `T`.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).context("the answer is not the JSON it should be")
    }

    /// The version of what was read (RFC 9110 §8.8.3).
    pub(crate) fn etag(&self) -> Option<&str> {
        self.headers.get(header::ETAG)?.to_str().ok()
    }
}

impl Api {
    /// An installation that is asked as nobody, about a tenant of another if there is one.
    pub(crate) fn new(base: Endpoint, tenant: Option<String>) -> Self {
        Self {
            http: Http::new(),
            base,
            bearer: None,
            hint: "run `iam login`",
            tenant,
            platform: NativePlatform::default(),
        }
    }

    /// The same installation, asked as whom `token` stands for. `hint` is what to do if it stands
    /// for nobody.
    pub(crate) fn bearing(self, token: &Secret<String>, hint: &'static str) -> Result<Self> {
        let value = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok();
        let mut value = value.context("the key or token has characters that none has")?;
        value.set_sensitive(true);
        Ok(Self {
            bearer: Some(value),
            hint,
            ..self
        })
    }

    pub(crate) const fn base(&self) -> &Endpoint {
        &self.base
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.platform.now()
    }

    /// Sends `call`, again if that does no harm and something was in the way, and gives the answer
    /// if it is a success.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer> {
        let key = call.is_create().then(|| self.random_key());
        let mut attempt = 1;
        loop {
            let sent = self.http.send(self.request(call, key.as_deref())?).await;
            let final_one = attempt == ATTEMPTS || !call.is_repeatable();
            match sent {
                Ok(response) if final_one || !is_busy(&response) => return self.answer(response),
                Ok(response) => sleep(wait(response.headers())).await,
                Err(lost) if final_one || lost.unsent => return Err(unanswered(call, &lost).into()),
                Err(_) => sleep(Duration::from_millis(200)).await,
            }
            attempt += 1;
        }
    }

    fn request(&self, call: &Call, key: Option<&str>) -> Result<Request<Bytes>> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(self.url(call))
            .header(
                header::USER_AGENT,
                concat!("iam/", env!("CARGO_PKG_VERSION")),
            );
        if let Some(bearer) = &self.bearer {
            request = request.header(header::AUTHORIZATION, bearer.clone());
        }
        if let Some(tag) = &call.if_match {
            request = request.header(header::IF_MATCH, tag);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let (media_type, body) = call.body.clone().unzip();
        if let Some(media_type) = media_type {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        Ok(request.body(body.unwrap_or_default())?)
    }

    fn url(&self, call: &Call) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        // Logins have a tenant of their own, in the body.
        let tenant = self.tenant.as_ref().filter(|_| call.is_administrative());
        query.extend_pairs(tenant.map(|tenant| ("tenant", tenant)));
        query.extend_pairs(&call.query);
        let url = self.base.join(&call.path);
        match query.finish().as_str() {
            "" => url,
            query => format!("{url}?{query}"),
        }
    }

    fn answer(&self, response: Response<Bytes>) -> Result<Answer> {
        let (parts, body) = response.into_parts();
        if parts.status.is_success() {
            let headers = parts.headers;
            return Ok(Answer { headers, body });
        }
        if parts.status.is_redirection() {
            let base = &self.base;
            let message = format!(
                "{base} is not where the API is: it answers {}",
                parts.status
            );
            return Err(Failure::Unreachable(message).into());
        }
        let problem = Problem::of(parts.status, &body);
        Err(match parts.status {
            StatusCode::UNAUTHORIZED if problem.code == "unauthenticated" => {
                Failure::Unauthenticated(self.hint.to_owned())
            }
            StatusCode::UNAUTHORIZED => Failure::Unauthenticated(problem.to_string()),
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Failure::Unreachable(problem.to_string()),
            _ => Failure::Refused(problem),
        }
        .into())
    }

    /// A key that no other request has.
    fn random_key(&self) -> String {
        let bytes: [u8; 16] = iam_platform::random(&self.platform);
        format!("{:032x}", u128::from_be_bytes(bytes))
    }
}

fn is_busy(response: &Response<Bytes>) -> bool {
    response.status() == StatusCode::SERVICE_UNAVAILABLE
}

/// As long as the server says (RFC 9110 §10.2.3), within reason.
fn wait(headers: &HeaderMap) -> Duration {
    let asked = headers.get(header::RETRY_AFTER);
    let seconds = asked.and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1).min(MAX_WAIT))
}

fn unanswered(call: &Call, lost: &Lost) -> Failure {
    let doubt = match call.method {
        Method::GET => "",
        _ if lost.unsent => "",
        _ => "\n  It may have been done all the same: look before you do it again.",
    };
    Failure::Unreachable(format!("no answer from {}{doubt}", lost.reason))
}
