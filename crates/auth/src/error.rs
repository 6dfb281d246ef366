use std::error::Error;

use iam_hydra::HydraError;
use iam_model::ScopeToken;
use iam_policy::Denial;
use iam_security::HashError;
use iam_storage_ports::StorageError;
use thiserror::Error;

/// Something behind us that a use case cannot do without.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dependency {
    /// The database.
    Database,
    /// The password hasher.
    Hasher,
    /// The OAuth2 server.
    OAuth,
}

/// Why nobody was authenticated.
#[derive(Debug, Error)]
pub enum AuthError {
    /// The credential is right, but policy says no.
    #[error("denied: {0:?}")]
    Denied(Denial),
    /// A defect, ours or of something behind us.
    #[error("internal error")]
    Internal(#[source] Box<dyn Error>),
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
    /// The client may not send passwords itself.
    #[error("client is not a first-party client")]
    NotFirstParty,
    /// Something behind us is out of reach. Trying again may help.
    #[error("{0:?} unavailable")]
    Unavailable(Dependency, #[source] Box<dyn Error>),
    /// The tenant has no such client.
    #[error("unknown client")]
    UnknownClient,
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
            | StorageError::Internal(_)
            | StorageError::NotFound
            | StorageError::Schema
            | StorageError::Stale => Self::Internal(error.into()),
        }
    }
}
