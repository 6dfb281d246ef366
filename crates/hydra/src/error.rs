use http::StatusCode;
use iam_platform::FetchError;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An error response of RFC 6749 §5.2 or §4.1.2.1.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct OAuthError {
    /// The error code, such as `invalid_grant`.
    pub error: String,
    /// What it means in words. Those of Hydra are for logs.
    #[serde(default)]
    pub error_description: String,
}

/// Why Hydra did not do as asked. The texts are for logs and never go on the wire.
#[derive(Debug, Error)]
pub enum HydraError {
    /// It knows of no such login, consent or logout request: none was made, it has expired, it
    /// was answered before, or it is of another step.
    #[error("no such challenge")]
    Challenge,
    /// It answered in a way that makes no sense to us: a defect of ours or a wrong version.
    #[error("hydra answered unexpectedly: {0}")]
    Internal(String),
    /// It understood and said no, in the terms of RFC 6749.
    #[error("hydra refused: {} ({})", .0.error, .0.error_description)]
    Refused(OAuthError),
    /// It cannot be reached or has no time for us. Trying again may help.
    #[error("hydra unavailable: {0}")]
    Unavailable(String),
}

impl HydraError {
    pub(crate) fn internal(text: impl Into<String>) -> Self {
        Self::Internal(text.into())
    }

    /// What an answer with an error status means.
    pub(crate) fn from_answer(what: &str, status: StatusCode, body: &[u8]) -> Self {
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Self::Unavailable(format!("{what} answered {status}"));
        }
        match serde_json::from_slice::<OAuthError>(body) {
            Ok(error) if status.is_client_error() => Self::Refused(error),
            _ => Self::Internal(format!("{what} answered {status}")),
        }
    }
}

impl From<FetchError> for HydraError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Timeout | FetchError::Unreachable { .. } => {
                Self::Unavailable(error.to_string())
            }
            FetchError::Denied { .. } | FetchError::TooLarge => Self::Internal(error.to_string()),
        }
    }
}
