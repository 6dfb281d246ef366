use std::{error::Error, time::Duration};

use iam_hydra::HydraError;
use iam_model::ScopeToken;
use iam_policy::Denial;
use iam_security::HashError;
use iam_storage_ports::{EphemeralError, StorageError};
use thiserror::Error;

use crate::Step;

/// Something behind us that a use case cannot do without.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dependency {
    /// The database.
    Database,
    /// The store of what lives for minutes.
    Ephemeral,
    /// The password hasher.
    Hasher,
    /// The OAuth2 server.
    OAuth,
}

/// Why nobody was authenticated.
#[derive(Debug, Error)]
pub enum AuthError {
    /// The client wants more than anybody can prove at this tenant (RFC 9470 §5).
    #[error("assurance unavailable")]
    AssuranceUnavailable,
    /// The challenge of a login, consent or logout request is unknown, expired, used, or of
    /// another step.
    #[error("no such challenge")]
    Challenge,
    /// The credential is right, but policy says no.
    #[error("denied: {0:?}")]
    Denied(Denial),
    /// A defect, ours or of something behind us.
    #[error("internal error")]
    Internal(#[source] Box<dyn Error>),
    /// A one-time code is wrong, expired or was used before. The step can be tried again with the
    /// token of this one; without one, the login has to begin again.
    #[error("invalid code")]
    InvalidCode(Option<Step>),
    /// No such user, or another password: which of the two is not told.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The refresh token is unknown, expired, revoked, already used, or of another client; or its
    /// user may not have tokens any more.
    #[error("invalid grant")]
    InvalidGrant,
    /// The client may not ask for these.
    #[error("scope not allowed")]
    InvalidScope(Vec<ScopeToken>),
    /// No login waits for this token, or what it was about has changed meanwhile.
    #[error("invalid step token")]
    InvalidStep,
    /// The access token is unknown, expired, revoked, not a user's own, or for somebody else.
    #[error("invalid access token")]
    InvalidToken,
    /// The client may not send passwords itself.
    #[error("client is not a first-party client")]
    NotFirstParty,
    /// The new password cannot be taken, for this reason. The step can be tried again with the
    /// token of this one; without one, the login has to begin again.
    #[error("password not acceptable: {code}")]
    UnacceptablePassword {
        /// The name of the rule, for programs.
        code: &'static str,
        /// What it says.
        detail: String,
        /// What the login can go on by.
        step: Option<Step>,
    },
    /// This was tried too often: nothing was looked at.
    #[error("too many requests")]
    TooManyRequests {
        /// When to try again.
        retry_after: Duration,
    },
    /// Something behind us is out of reach. Trying again may help.
    #[error("{0:?} unavailable")]
    Unavailable(Dependency, #[source] Box<dyn Error>),
    /// The tenant has no such client.
    #[error("unknown client")]
    UnknownClient,
}

impl From<EphemeralError> for AuthError {
    fn from(error: EphemeralError) -> Self {
        match error {
            EphemeralError::Internal(_) => Self::Internal(error.into()),
            EphemeralError::Unavailable(_) => {
                Self::Unavailable(Dependency::Ephemeral, error.into())
            }
        }
    }
}

impl From<HashError> for AuthError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Internal(_) => Self::Internal(error.into()),
            HashError::Unavailable(_) => Self::Unavailable(Dependency::Hasher, error.into()),
        }
    }
}

impl From<HydraError> for AuthError {
    fn from(error: HydraError) -> Self {
        match &error {
            HydraError::Challenge => Self::Challenge,
            HydraError::Internal(_) => Self::Internal(error.into()),
            HydraError::Refused(refusal) => match refusal.error.as_str() {
                "invalid_grant" | "access_denied" => Self::InvalidGrant,
                "invalid_client" => Self::UnknownClient,
                _ => Self::Internal(error.into()),
            },
            HydraError::Unavailable(_) => Self::Unavailable(Dependency::OAuth, error.into()),
        }
    }
}

impl From<StorageError> for AuthError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(_) => Self::Unavailable(Dependency::Database, error.into()),
            StorageError::AlreadyExists
            | StorageError::Corrupt { .. }
            | StorageError::Cycle
            | StorageError::InUse
            | StorageError::Internal(_)
            | StorageError::NotFound
            | StorageError::Schema
            | StorageError::Stale => Self::Internal(error.into()),
        }
    }
}
