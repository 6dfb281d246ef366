use async_trait::async_trait;
use iam_model::{PasswordCredential, PasswordHash, Timestamp, UserId};

use crate::StorageError;

/// Credentials of one tenant's users. A user has at most one password.
#[async_trait(?Send)]
pub trait CredentialRepository {
    /// The user's password.
    async fn find_by_user(&self, user: &UserId)
    -> Result<Option<PasswordCredential>, StorageError>;

    /// Adds a password to a user that has none, else [`StorageError::AlreadyExists`]; the user
    /// must exist in this tenant, else [`StorageError::NotFound`].
    async fn add(&self, credential: &PasswordCredential) -> Result<(), StorageError>;

    /// Replaces the hash of `credential` by `hash` if it still is the one in `credential`, else
    /// [`StorageError::Stale`]: a rehash at login must not undo a password change made meanwhile.
    async fn rehash(
        &self,
        credential: &PasswordCredential,
        hash: &PasswordHash,
        now: Timestamp,
    ) -> Result<(), StorageError>;
}
