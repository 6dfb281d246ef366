use async_trait::async_trait;
use iam_model::{EndedSession, SessionId, UserId};

use crate::{Change, StorageError};

/// The sessions that one tenant's users have ended one by one. Hydra, which keeps the sessions, ends
/// all of a user's at a client or none, so it is told at the next refresh that one has ended.
#[async_trait(?Send)]
pub trait SessionRepository {
    /// Notes that a session has ended; [`StorageError::AlreadyExists`] if it had, and
    /// [`StorageError::NotFound`] if there is no such user.
    async fn end(&self, session: &EndedSession, change: &Change) -> Result<(), StorageError>;

    /// Whether this session has ended.
    async fn is_ended(&self, id: &SessionId) -> Result<bool, StorageError>;

    /// The sessions of the user that have ended, by id.
    async fn list(&self, user: &UserId) -> Result<Vec<EndedSession>, StorageError>;
}
