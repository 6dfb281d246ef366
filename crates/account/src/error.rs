use iam_auth::AuthError;
use iam_hydra::HydraError;
use iam_identity::IdentityError;
use iam_messaging::QueueError;
use iam_security::HashError;
use iam_storage_ports::{EphemeralError, StorageError};
use thiserror::Error;

/// Why something was not done.
#[derive(Debug, Error)]
pub enum AccountError {
    /// As of an attempt to authenticate: too many tries, for instance.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// As of an administrative act: values that cannot be had, for instance.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The token was not granted the scope that this takes.
    #[error("insufficient scope")]
    InsufficientScope,
    /// The code is unknown, used, expired, or for another purpose.
    #[error("invalid code")]
    InvalidCode,
    /// The password that proves who asks is not theirs, or they have none.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The tenant does not let users do this themselves.
    #[error("not offered")]
    NotOffered,
    /// It takes a proof that did not come with the request.
    #[error("a proof is required")]
    ProofRequired,
}

macro_rules! through {
    ($($error:ty => $by:ty,)+) => {$(
        impl From<$error> for AccountError {
            fn from(error: $error) -> Self {
                <$by>::from(error).into()
            }
        }
    )+};
}

through! {
    EphemeralError => AuthError,
    HashError => IdentityError,
    HydraError => IdentityError,
    QueueError => StorageError,
    StorageError => IdentityError,
}
