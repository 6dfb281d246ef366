use async_trait::async_trait;
use iam_model::{Message, MessageId, Timestamp};

use crate::StorageError;

/// The messages of all tenants that wait to be sent. What is sent goes away.
///
/// Its writes carry no [`Change`](crate::Change): that a message was made stands in the log with
/// the reason for it, and how often it was tried is nothing that an administrator did.
#[async_trait(?Send)]
pub trait MessageRepository {
    /// Adds a message by itself; one that tells of a change goes with the
    /// [`Change`](crate::Change). Its tenant and its user must exist, else
    /// [`StorageError::NotFound`].
    async fn add(&self, message: &Message) -> Result<(), StorageError>;

    /// Takes up to `limit` messages that are due and not expired, those first that are due longest,
    /// and makes them due again at `until`. Of many who claim at once each gets others; whoever
    /// has not removed a message by `until` is taken for dead. What comes back is the messages as
    /// they now are, this attempt counted.
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Message>, StorageError>;

    /// Makes a claimed message due at `due_at`; [`StorageError::Stale`] if somebody else has
    /// claimed it meanwhile, or it is gone.
    async fn retry(&self, claimed: &Message, due_at: Timestamp) -> Result<(), StorageError>;

    /// Removes a message that was sent or is given up; does nothing if it is gone.
    async fn remove(&self, id: &MessageId) -> Result<(), StorageError>;

    /// Removes the messages that expired at `now` or before, and says how many they were.
    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError>;

    /// How many messages are due at `now` and not expired.
    async fn count(&self, now: Timestamp) -> Result<u64, StorageError>;
}
