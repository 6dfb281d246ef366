use http::StatusCode;
use mongodb::error::{Error, ErrorKind};
use serde::Serialize;
use thiserror::Error;

use crate::reply::{self, Reply};

/// Why a request has no results. No text of the database is in it: it would quote values.
#[derive(Debug, Error)]
pub(crate) enum MongoError {
    /// It cannot be understood, or asks for what is not here.
    #[error("{message}")]
    Request {
        message: &'static str,
        /// Which command it is about.
        step: Option<usize>,
    },
    /// The database refused a command.
    #[error("the database refused a command")]
    Command {
        code: i32,
        code_name: String,
        step: usize,
    },
    /// The answers are larger than a client may get.
    #[error("the answer is too large")]
    TooLarge,
    /// All connections are at work, and too many wait already. Nothing was done.
    #[error("all connections to the database are busy")]
    Busy,
    /// It took too long; what was done of it, nobody can tell.
    #[error("the database took too long")]
    TooSlow,
    /// No connection, or it broke; what was done of it, nobody can tell.
    #[error("no connection to the database")]
    Unreachable,
}

impl MongoError {
    pub(crate) const fn request(message: &'static str) -> Self {
        Self::Request {
            message,
            step: None,
        }
    }

    pub(crate) const fn at(step: usize, message: &'static str) -> Self {
        let step = Some(step);
        Self::Request { message, step }
    }

    /// What the driver said to command `step`.
    pub(crate) fn driver(error: &Error, step: usize) -> Self {
        match &*error.kind {
            // 50 is MaxTimeMSExpired.
            ErrorKind::Command(refused) if refused.code == 50 => Self::TooSlow,
            // Another server is the primary now, or none is; the driver looks for it.
            ErrorKind::Command(refused) if is_failover(refused.code) => Self::Unreachable,
            ErrorKind::Command(refused) => Self::Command {
                code: refused.code,
                code_name: refused.code_name.clone(),
                step,
            },
            _ => Self::Unreachable,
        }
    }

    pub(crate) fn reply(&self) -> Reply {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            error: String,
            #[serde(rename = "error_code")]
            error_code: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            code: Option<i32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            code_name: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            step: Option<usize>,
        }
        let (status, error_code) = match self {
            Self::Request { .. } => (StatusCode::BAD_REQUEST, "InvalidParameter"),
            Self::Command { .. } => (StatusCode::BAD_REQUEST, "CommandFailed"),
            Self::TooLarge => (StatusCode::INSUFFICIENT_STORAGE, "ResponseTooLarge"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Busy"),
            Self::TooSlow => (StatusCode::GATEWAY_TIMEOUT, "TooSlow"),
            Self::Unreachable => (StatusCode::SERVICE_UNAVAILABLE, "Unreachable"),
        };
        let mut wire = Wire {
            error: self.to_string(),
            error_code,
            code: None,
            code_name: None,
            step: None,
        };
        match self {
            Self::Command {
                code,
                code_name,
                step,
            } => {
                wire.code = Some(*code);
                wire.code_name = Some(code_name)
                    .filter(|name| !name.is_empty())
                    .map(|n| &**n);
                wire.step = Some(*step);
            }
            Self::Request { step, .. } => wire.step = *step,
            _ => {}
        }
        reply::json(status, &wire)
    }
}

/// The codes that the specification of server discovery and monitoring calls "not writable
/// primary" and "node is recovering".
const fn is_failover(code: i32) -> bool {
    matches!(
        code,
        91 | 189 | 10058 | 10107 | 11600 | 11602 | 13435 | 13436
    )
}
