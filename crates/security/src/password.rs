mod argon2;
mod argon2id;
mod bcrypt;
mod encoding;
mod firebase;
mod pbkdf2;
mod recognize;
mod scrypt;
mod stored;

use std::borrow::Cow;

pub use argon2id::Argon2id;

use async_trait::async_trait;
use iam_model::{PasswordHash, Secret};
use precis_core::profile::Profile;
use precis_profiles::OpaqueString;
pub use recognize::{HashKind, UnknownHash, recognize};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a password turned out to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not the right one.
    Invalid,
    /// The right one, but its hash has old parameters or comes from another system, and should be
    /// replaced.
    Outdated,
    /// The right one.
    Valid,
}

/// Why there is no verdict.
#[derive(Debug, Error)]
pub enum HashError {
    /// The stored hash is of a kind we do not know, or the parameters do not work: a defect.
    #[error("password hashing failed: {0}")]
    Internal(String),
    /// The hasher cannot be reached or has no time for us. Trying again may help.
    #[error("password hasher unavailable: {0}")]
    Unavailable(String),
}

/// Hashes passwords and compares them with hashes.
#[async_trait(?Send)]
pub trait PasswordHasher {
    /// A hash of `password` with the current parameters and a fresh salt.
    async fn hash(&self, password: &Secret<String>) -> Result<PasswordHash, HashError>;

    /// Compares `password` with `hash`. Without a hash, for a user who is not there, the answer is
    /// [`Verdict::Invalid`] after as much work, so that time does not tell who exists.
    async fn verify(
        &self,
        password: &Secret<String>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashError>;
}

/// The form in which passwords are hashed: RFC 8265 §4.2, so that one password typed on two
/// keyboards is one password. What the profile forbids is hashed as it is.
pub(crate) fn prepared(password: &str) -> Cow<'_, str> {
    OpaqueString::new()
        .enforce(password)
        .unwrap_or(Cow::Borrowed(password))
}
