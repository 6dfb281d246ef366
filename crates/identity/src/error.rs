use std::error::Error;

use iam_hydra::HydraError;
use iam_security::HashError;
use iam_storage_ports::StorageError;
use thiserror::Error;

/// Why an object was not created or changed.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// There is one with this id or name.
    #[error("already exists")]
    AlreadyExists,
    /// A defect, ours or of something behind us.
    #[error("internal error")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
    /// What it refers to is not there.
    #[error("no such object")]
    NotFound,
    /// Something behind us is out of reach. Trying again may help.
    #[error("unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

impl From<StorageError> for IdentityError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::AlreadyExists => Self::AlreadyExists,
            StorageError::NotFound => Self::NotFound,
            StorageError::Unavailable(_) => Self::Unavailable(error.into()),
            StorageError::Corrupt { .. }
            | StorageError::Internal(_)
            | StorageError::Schema
            | StorageError::Stale => Self::Internal(error.into()),
        }
    }
}

impl From<HydraError> for IdentityError {
    fn from(error: HydraError) -> Self {
        match error {
            HydraError::Unavailable(_) => Self::Unavailable(error.into()),
            HydraError::Internal(_) | HydraError::Refused(_) => Self::Internal(error.into()),
        }
    }
}

impl From<HashError> for IdentityError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Internal(_) => Self::Internal(error.into()),
            HashError::Unavailable(_) => Self::Unavailable(error.into()),
        }
    }
}
