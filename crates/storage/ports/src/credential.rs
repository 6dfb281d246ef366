use async_trait::async_trait;
use iam_model::{
    CredentialSummary, PasswordCredential, PasswordHash, RecoveryCodeDigest, RecoveryCodes, Sealed,
    TotpCredential, UserId,
};

use crate::{Change, Listing, Page, StorageError};

/// Credentials of one tenant's users. A user has at most one password, one key for codes by the
/// time, and one set of recovery codes, which goes with that key.
#[async_trait(?Send)]
pub trait CredentialRepository {
    /// The user's password.
    async fn find_by_user(&self, user: &UserId)
    -> Result<Option<PasswordCredential>, StorageError>;

    /// All that the user can log in with, by id; without what is secret.
    async fn list(&self, user: &UserId) -> Result<Vec<CredentialSummary>, StorageError>;

    /// Replaces the hash of `credential` by `hash` if it still is the one in `credential`, else
    /// [`StorageError::Stale`]: a rehash at login must not undo a password change made meanwhile.
    /// The password is as old as before.
    async fn rehash(
        &self,
        credential: &PasswordCredential,
        hash: &PasswordHash,
    ) -> Result<(), StorageError>;

    /// Gives the user this key and these recovery codes in place of any they have;
    /// [`StorageError::NotFound`] if there is no such user. Of two who enrol one user at once, the
    /// second may get [`StorageError::AlreadyExists`].
    async fn enroll_totp(
        &self,
        totp: &TotpCredential,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError>;

    /// Notes that a code of the time step `step` was accepted; [`StorageError::Stale`] if one of
    /// that step or a later one already was, or if the key is gone: a code works once. It is a part
    /// of a login, which has an event of its own.
    async fn accept_totp_step(&self, totp: &TotpCredential, step: i64) -> Result<(), StorageError>;

    /// Takes a recovery code of the user; of many who try one code, one gets `true`. If it is
    /// `false`, nothing was written.
    async fn take_recovery_code(
        &self,
        user: &UserId,
        code: &RecoveryCodeDigest,
        change: &Change,
    ) -> Result<bool, StorageError>;

    /// Gives the user these recovery codes in place of any they have; [`StorageError::NotFound`] if
    /// they have no key for codes by the time.
    async fn replace_recovery_codes(
        &self,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError>;

    /// How many recovery codes the user has left.
    async fn count_recovery_codes(&self, user: &UserId) -> Result<u64, StorageError>;

    /// The keys for codes by the time, of all users, whose secret does not begin with `prefix`: those
    /// that are encrypted otherwise than one does now. By their ids.
    async fn list_sealed_otherwise(
        &self,
        prefix: &str,
        page: &Page,
    ) -> Result<Listing<TotpCredential>, StorageError>;

    /// Replaces the encrypted secrets of keys by the same secrets, encrypted anew. What is not as it
    /// was read any more is left alone. It changes nothing that anybody can do, so the caller writes
    /// one event for all.
    async fn reseal(&self, resealed: &[(TotpCredential, Sealed)]) -> Result<(), StorageError>;

    /// Removes a credential of the user; [`StorageError::NotFound`] if they have no such. The
    /// recovery codes go with the key for codes by the time.
    async fn remove(
        &self,
        user: &UserId,
        credential: &CredentialSummary,
        change: &Change,
    ) -> Result<(), StorageError>;
}
