use std::error::Error;

use iam_hydra::HydraError;
use iam_model::Permission;
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

/// What is wrong with one value of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// Where in the request it is (RFC 6901).
    pub pointer: String,
    /// What is wrong with it. It does not repeat the value.
    pub detail: String,
    /// The name of the rule, where programs may want to tell rules apart.
    pub code: Option<&'static str>,
}

impl Violation {
    /// `detail` is wrong at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
            code: None,
        }
    }

    /// The same, with the name of the rule.
    #[must_use]
    pub fn with_code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }
}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// There is one with this id, name or address.
    #[error("already exists")]
    AlreadyExists,
    /// It would grant these, which the actor does not hold.
    #[error("grants more than the actor holds")]
    Beyond(Vec<Permission>),
    /// Something would contain or include itself.
    #[error("would contain itself")]
    Cycle,
    /// The actor may not do this.
    #[error("not permitted")]
    Denied,
    /// The idempotency key belongs to another request.
    #[error("idempotency key of another request")]
    IdempotencyKeyReused,
    /// Others still refer to it.
    #[error("is referred to")]
    InUse,
    /// A defect, ours or of something behind us.
    #[error("internal error")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
    /// Values of the request are not such as can be had here.
    #[error("values that cannot be had")]
    Invalid(Vec<Violation>),
    /// It is not there.
    #[error("no such object")]
    NotFound,
    /// It has a state in which this cannot be done: which.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// Somebody else changed it first.
    #[error("changed by somebody else")]
    Stale,
    /// Nobody is known by the credential that came with the request.
    #[error("not authenticated")]
    Unauthenticated,
    /// Something behind us is out of reach. Trying again may help.
    #[error("{0:?} unavailable")]
    Unavailable(Dependency, #[source] Box<dyn Error + Send + Sync>),
}

impl IdentityError {
    /// A value of the request that cannot be had.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(pointer, detail)])
    }
}

impl From<StorageError> for IdentityError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::AlreadyExists => Self::AlreadyExists,
            StorageError::Cycle => Self::Cycle,
            StorageError::InUse => Self::InUse,
            StorageError::NotFound => Self::NotFound,
            StorageError::Stale => Self::Stale,
            StorageError::Unavailable(_) => Self::Unavailable(Dependency::Database, error.into()),
            StorageError::Corrupt { .. } | StorageError::Internal(_) | StorageError::Schema => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<HydraError> for IdentityError {
    fn from(error: HydraError) -> Self {
        match error {
            HydraError::Unavailable(_) => Self::Unavailable(Dependency::OAuth, error.into()),
            HydraError::Challenge | HydraError::Internal(_) | HydraError::Refused(_) => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<HashError> for IdentityError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Internal(_) => Self::Internal(error.into()),
            HashError::Unavailable(_) => Self::Unavailable(Dependency::Hasher, error.into()),
        }
    }
}
