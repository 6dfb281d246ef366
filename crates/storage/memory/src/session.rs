use async_trait::async_trait;
use iam_model::{EndedSession, SessionId, UserId};
use iam_storage_ports::{Change, SessionRepository, StorageError};

use crate::{storage::MemoryTenant, table};

#[async_trait(?Send)]
impl SessionRepository for MemoryTenant<'_> {
    async fn end(&self, session: &EndedSession, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            table::exists(own.users.contains_key(&session.user_id))?;
            table::add(&mut own.ended_sessions, session.id.clone(), session)
        })
    }

    async fn is_ended(&self, id: &SessionId) -> Result<bool, StorageError> {
        Ok(self.read().ended_sessions.contains_key(id))
    }

    async fn list(&self, user: &UserId) -> Result<Vec<EndedSession>, StorageError> {
        let own = self.read();
        let ended = own.ended_sessions.values();
        let ended = ended.filter(|session| session.user_id == *user);
        Ok(ended.cloned().collect())
    }
}
