use bytes::Bytes;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::{Code, Problem};

/// The largest body that is read of any request but a bulk import, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The largest body of a bulk import, in bytes: 10,000 users of 1 KiB each.
pub const MAX_IMPORT_BYTES: usize = 10 * 1024 * 1024;

/// A request body as a host received it.
#[derive(Debug)]
pub enum Body {
    /// All of it.
    Complete(Bytes),
    /// Its sender stopped before its end.
    Incomplete,
    /// More than the route takes; the rest was not read.
    TooLarge,
}

impl Body {
    fn bytes(&self) -> Result<&Bytes, Problem> {
        match self {
            Self::Complete(bytes) => Ok(bytes),
            Self::Incomplete => Err(Problem::new(Code::InvalidJson)
                .detail("The request body ended before its announced length.")),
            Self::TooLarge => Err(Problem::new(Code::PayloadTooLarge)),
        }
    }

    /// The body as a JSON object.
    pub(crate) fn json(&self, headers: &HeaderMap) -> Result<Map<String, Value>, Problem> {
        let bytes = self.bytes()?;
        media_type(headers, "application/json")?;
        object(bytes)
    }

    /// The body as the JSON that our own components or Hydra send.
    pub(crate) fn internal<T: DeserializeOwned>(&self, headers: &HeaderMap) -> Result<T, Problem> {
        let bytes = self.bytes()?;
        media_type(headers, "application/json")?;
        serde_json::from_slice(bytes).map_err(|_| Problem::new(Code::InvalidJson))
    }

    /// The body as newline-delimited JSON, still encoded.
    pub(crate) fn lines(&self, headers: &HeaderMap) -> Result<Bytes, Problem> {
        let bytes = self.bytes()?;
        media_type(headers, "application/x-ndjson")?;
        Ok(bytes.clone())
    }

    /// The body as a JSON merge patch (RFC 7396); plain JSON is taken for one too.
    pub(crate) fn merge_patch(&self, headers: &HeaderMap) -> Result<Map<String, Value>, Problem> {
        if media_type(headers, "application/merge-patch+json").is_ok() {
            return object(self.bytes()?);
        }
        self.json(headers)
    }

    /// Nothing: for what takes no body, an empty one or an empty object.
    pub(crate) fn none(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if self.bytes()?.is_empty() {
            return Ok(());
        }
        crate::fields::Fields::new(self.json(headers)?)
            .finish()
            .map(drop)
    }

    /// The bytes, for a digest.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Complete(bytes) => bytes,
            Self::Incomplete | Self::TooLarge => &[],
        }
    }

    /// The body as a form, still encoded.
    pub(crate) fn form(&self, headers: &HeaderMap) -> Result<Bytes, Problem> {
        let bytes = self.bytes()?;
        media_type(headers, "application/x-www-form-urlencoded")?;
        Ok(bytes.clone())
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        // serde's text can repeat a value, which may be a password: only the place is told.
        Problem::new(Code::InvalidJson).detail(format!(
            "The request body is not a JSON object: see line {}, column {}.",
            error.line(),
            error.column()
        ))
    })
}

fn media_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE);
    let given = given.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(Problem::new(Code::UnsupportedMediaType)
        .detail(format!("Send the header `Content-Type: {expected}`.")))
}
