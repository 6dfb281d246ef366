//! What all answers to browsers have in common.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use iam_auth::{AuthorizationError, AuthorizeError, BrowserPorts, Onward, Parameters, Sender};
use iam_hydra::Hydra;
use iam_model::RedirectUri;
use iam_platform::Platform;
use iam_storage_ports::{EphemeralStore, Storage};
use serde::Serialize;
use url::form_urlencoded;

use crate::{
    call::Call,
    problem::{Code, Problem, empty, json},
};

/// What is needed for browsers, as this call's component has it.
pub(crate) struct Browsing {
    platform: Rc<dyn Platform>,
    storage: Rc<dyn Storage>,
    ephemeral: Rc<dyn EphemeralStore>,
    hydra: Hydra,
    issuer: String,
}

impl Browsing {
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        Ok(Self {
            platform: Rc::clone(&call.platform),
            storage: call.storage()?,
            ephemeral: call.ephemeral()?,
            hydra: call.hydra()?,
            issuer: call.issuer()?,
        })
    }

    pub(crate) fn ports(&self) -> BrowserPorts<'_> {
        BrowserPorts {
            platform: &*self.platform,
            storage: &*self.storage,
            ephemeral: &*self.ephemeral,
            hydra: &self.hydra,
            issuer: &self.issuer,
        }
    }
}

/// The request, as the logs know it.
pub(crate) fn sender(call: &Call) -> Sender {
    Sender {
        origin: call.origin(),
        trace_id: call.trace_id.clone(),
    }
}

/// The parameters of a request that a browser makes by a link or by a form (RFC 6749 §3.1).
pub(super) fn parameters(call: &Call) -> Result<Parameters, Problem> {
    if call.method == Method::POST {
        return Ok(Parameters::parse(&call.body.form(&call.headers)?));
    }
    let query = call.uri.query().unwrap_or_default();
    Ok(Parameters::parse(query.as_bytes()))
}

/// The browser's cookies as one header: they may come in several (RFC 9113 §8.2.3).
pub(super) fn cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let cookies: Vec<_> = headers.get_all(header::COOKIE).iter().collect();
    let texts = cookies.iter().filter_map(|value| value.to_str().ok());
    let joined = texts.collect::<Vec<_>>().join("; ");
    HeaderValue::from_str(&joined)
        .ok()
        .filter(|value| !value.is_empty())
}

/// The value of a parameter that this hop cannot do without.
pub(crate) fn challenge(call: &Call, name: &str) -> Result<String, Problem> {
    let query = call.uri.query().unwrap_or_default();
    let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (found.next(), found.next()) {
        (Some((_, challenge)), None) => Ok(challenge.into_owned()),
        _ => Err(Problem::new(Code::InvalidChallenge)),
    }
}

/// Sends a browser on, by GET whatever it came with (RFC 9700 §4.12). What it came from is told to
/// nobody: its URL holds what is secret (RFC 9700 §4.2.4).
pub(super) fn see_other(onward: &Onward) -> Result<Response<Bytes>, Problem> {
    let location = HeaderValue::from_bytes(onward.url.as_bytes());
    let location = location.map_err(|error| Problem::new(Code::Internal).cause(&error))?;
    let mut response = empty(StatusCode::SEE_OTHER);
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let nobody = HeaderValue::from_static("no-referrer");
    headers.insert(header::REFERRER_POLICY, nobody);
    for cookie in &onward.cookies {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}

/// [`see_other`] without cookies.
pub(super) fn go_on(url: String) -> Result<Response<Bytes>, Problem> {
    let cookies = Vec::new();
    see_other(&Onward { url, cookies })
}

/// The answer to a browser that must not be sent to the client.
pub(super) fn stop(error: AuthorizeError) -> Result<Response<Bytes>, Problem> {
    match error {
        AuthorizeError::Untrusted(error, Some(page)) => go_on(error_page(&page, error)),
        AuthorizeError::Untrusted(error, None) => Ok(refusal(StatusCode::BAD_REQUEST, error)),
        AuthorizeError::Failed(error) => Err(error.into()),
    }
}

fn error_page(page: &RedirectUri, error: AuthorizationError) -> String {
    let separator = if page.as_str().contains('?') {
        '&'
    } else {
        '?'
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("error", error.code)
        .append_pair("error_description", error.description)
        .finish();
    format!("{page}{separator}{query}")
}

/// An error response in JSON (RFC 6749 §5.2).
pub(super) fn refusal(status: StatusCode, error: AuthorizationError) -> Response<Bytes> {
    #[derive(Serialize)]
    struct Wire {
        error: &'static str,
        error_description: &'static str,
    }
    let wire = Wire {
        error: error.code,
        error_description: error.description,
    };
    json(status, "application/json", &wire)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::cookies;

    #[test]
    fn cookies_of_several_headers_are_one() {
        let mut headers = HeaderMap::new();
        assert_eq!(cookies(&headers), None);
        for cookie in ["a=1", "b=2; c=3"] {
            headers.append(header::COOKIE, HeaderValue::from_static(cookie));
        }
        assert_eq!(cookies(&headers).unwrap(), "a=1; b=2; c=3");
    }
}
