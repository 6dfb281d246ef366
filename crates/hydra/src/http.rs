use std::rc::Rc;

use bytes::Bytes;
use http::{Method, Request, Response, header};
use iam_config::{Endpoint, HydraSettings};
use iam_platform::Platform;
use serde::{Serialize, de::DeserializeOwned};

use crate::HydraError;

/// A Hydra, reached over its public and its admin API.
#[derive(Clone)]
pub struct Hydra {
    pub(crate) platform: Rc<dyn Platform>,
    pub(crate) settings: HydraSettings,
}

impl Hydra {
    /// The Hydra that `settings` name.
    #[must_use]
    pub fn new(platform: Rc<dyn Platform>, settings: HydraSettings) -> Self {
        Self { platform, settings }
    }

    pub(crate) async fn send(
        &self,
        to: &Endpoint,
        request: Outgoing<'_>,
    ) -> Result<Response<Bytes>, HydraError> {
        let mut builder = Request::builder()
            .method(request.method)
            .uri(to.join(request.path));
        // Hydra wants to know that TLS ended in front of it; in development nothing is behind TLS.
        if self.settings.issuer.starts_with("https:") {
            builder = builder.header("x-forwarded-proto", "https");
        }
        for (name, value) in request.headers {
            builder = builder.header(*name, *value);
        }
        let request = builder
            .body(request.body)
            .map_err(|e| HydraError::internal(format!("request not sendable: {e}")))?;
        Ok(self.platform.fetch(request).await?)
    }

    /// Sends `body` as JSON to the admin API and reads the JSON that comes back.
    pub(crate) async fn admin<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, HydraError> {
        json(path_only(path), &self.send_json(method, path, body).await?)
    }

    /// Sends `body` as JSON to the admin API and gives what comes back, whatever it says.
    pub(crate) async fn send_json(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Response<Bytes>, HydraError> {
        let body = serde_json::to_vec(body).map_err(|e| HydraError::internal(e.to_string()))?;
        let request = Outgoing {
            method,
            path,
            headers: &[(header::CONTENT_TYPE.as_str(), "application/json")],
            body: body.into(),
        };
        self.send(&self.settings.admin, request).await
    }
}

/// A request whose path starts with a slash.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: Bytes,
}

impl<'a> Outgoing<'a> {
    pub(crate) const fn get(path: &'a str, headers: &'a [(&'a str, &'a str)]) -> Self {
        Self {
            method: Method::GET,
            path,
            headers,
            body: Bytes::new(),
        }
    }

    pub(crate) const fn form(
        path: &'a str,
        headers: &'a [(&'a str, &'a str)],
        body: Bytes,
    ) -> Self {
        Self {
            method: Method::POST,
            path,
            headers,
            body,
        }
    }
}

/// Form encoding, as header.
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The JSON of a successful `response`.
pub(crate) fn json<T: DeserializeOwned>(
    what: &str,
    response: &Response<Bytes>,
) -> Result<T, HydraError> {
    if !response.status().is_success() {
        return Err(HydraError::from_answer(
            what,
            response.status(),
            response.body(),
        ));
    }
    serde_json::from_slice(response.body())
        .map_err(|e| HydraError::internal(format!("{what} answered unreadable JSON: {e}")))
}

/// `path` without its query, which may hold a challenge and has no place in a log.
pub(crate) fn path_only(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}
