use async_trait::async_trait;
use iam_model::{CodePurpose, OneTimeCode, OneTimeCodeDigest, Timestamp, UserId};

use crate::{Change, StorageError};

/// The one-time codes that were sent to one tenant's users.
///
/// A code is issued and spent by a [`Change`]: in one unit of work with the message that brings it,
/// and with what it allows.
#[async_trait(?Send)]
pub trait OneTimeCodeRepository {
    /// Writes a change that changes nothing else: its event, its codes and its messages.
    async fn issue(&self, change: &Change) -> Result<(), StorageError>;

    /// The code with this digest, if it is for `purpose` and has not expired at `now`.
    async fn find_by_digest(
        &self,
        purpose: CodePurpose,
        digest: &OneTimeCodeDigest,
        now: Timestamp,
    ) -> Result<Option<OneTimeCode>, StorageError>;

    /// How many codes for `purpose` the user has that were made at `since` or later and are not
    /// spent: how often somebody asked in the last hour.
    async fn count(
        &self,
        user: &UserId,
        purpose: CodePurpose,
        since: Timestamp,
    ) -> Result<u64, StorageError>;

    /// Removes the codes that expired at `now` or before, and says how many they were.
    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError>;
}
