use std::{io, path::PathBuf};

use http::StatusCode;
use serde::Serialize;
use thiserror::Error;

use crate::reply::{self, Reply};

/// Why a gateway cannot send mail at all.
#[derive(Debug, Error)]
pub enum MailSetupError {
    /// The folder cannot be made or written.
    #[error("mail cannot be written to {path}: choose another folder")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// TLS cannot be set up for this server.
    #[error("the SMTP server's name {host} cannot be used with TLS")]
    Tls {
        /// The server.
        host: String,
    },
}

/// Why a message was not sent. Nothing of the message is in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MailError {
    /// The folder cannot be written.
    Folder,
    /// The request is no message: what is wrong with it.
    Invalid(&'static str),
    /// The gateway was not told where mail goes.
    NotSetUp,
    /// The server does not take this message, now or later: its code (RFC 5321 §4.2.1).
    Refused(Option<u16>),
    /// The server does not let us in.
    SignIn(u16),
    /// The server did not answer in time.
    Timeout,
    /// The server cannot be reached, or not as we must.
    Unreachable,
    /// The server asks to come back later.
    Unwilling(Option<u16>),
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    code: &'static str,
    /// Whether the same message may be taken later.
    retriable: bool,
    /// What the SMTP server said.
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_code: Option<u16>,
}

impl MailError {
    pub(crate) fn reply(self) -> Reply {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        let gateway = StatusCode::BAD_GATEWAY;
        let (status, error, code, retriable) = match self {
            Self::Folder => (
                unavailable,
                "the folder for mail cannot be written",
                "folder",
                true,
            ),
            Self::Invalid(what) => (StatusCode::UNPROCESSABLE_ENTITY, what, "invalid", false),
            Self::NotSetUp => (
                unavailable,
                "the gateway was not told where mail goes",
                "not_set_up",
                true,
            ),
            Self::Refused(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "the SMTP server does not take this message",
                "refused",
                false,
            ),
            Self::SignIn(_) => (
                gateway,
                "the SMTP server does not let us in",
                "sign_in",
                true,
            ),
            Self::Timeout => (
                StatusCode::GATEWAY_TIMEOUT,
                "the SMTP server did not answer in time",
                "timeout",
                true,
            ),
            Self::Unreachable => (
                gateway,
                "the SMTP server cannot be reached",
                "unreachable",
                true,
            ),
            Self::Unwilling(_) => (
                unavailable,
                "the SMTP server asks to come back later",
                "unwilling",
                true,
            ),
        };
        let smtp_code = match self {
            Self::Refused(code) | Self::Unwilling(code) => code,
            Self::SignIn(code) => Some(code),
            Self::Folder
            | Self::Invalid(_)
            | Self::NotSetUp
            | Self::Timeout
            | Self::Unreachable => None,
        };
        reply::json(
            status,
            &Body {
                error,
                code,
                retriable,
                smtp_code,
            },
        )
    }
}
