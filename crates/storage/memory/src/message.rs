use async_trait::async_trait;
use iam_model::{Message, MessageId, Timestamp};
use iam_storage_ports::{MessageRepository, StorageError};

use crate::{MemoryStorage, table, tables::Tables};

#[async_trait(?Send)]
impl MessageRepository for MemoryStorage {
    async fn add(&self, message: &Message) -> Result<(), StorageError> {
        self.unit(|tables| tables.add_message(message))
    }

    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Message>, StorageError> {
        self.unit(|tables| {
            let due = tables.messages.values().filter(|m| is_due(m, now));
            let mut due: Vec<_> = due.map(|m| (m.due_at, m.id)).collect();
            due.sort();
            due.truncate(limit.into());
            let claim = |(_, id): &(Timestamp, MessageId)| {
                let message = tables.messages.get_mut(id)?;
                message.due_at = until;
                message.attempts = message.attempts.saturating_add(1);
                Some(message.clone())
            };
            Ok(due.iter().filter_map(claim).collect())
        })
    }

    async fn retry(&self, claimed: &Message, due_at: Timestamp) -> Result<(), StorageError> {
        self.unit(|tables| {
            let stored = tables.messages.get_mut(&claimed.id);
            let stored = stored.filter(|stored| stored.due_at == claimed.due_at);
            stored.ok_or(StorageError::Stale)?.due_at = due_at;
            Ok(())
        })
    }

    async fn remove(&self, id: &MessageId) -> Result<(), StorageError> {
        self.unit(|tables| {
            tables.messages.remove(id);
            Ok(())
        })
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError> {
        self.unit(|tables| {
            let before = tables.messages.len();
            tables
                .messages
                .retain(|_, message| message.expires_at > now);
            Ok(table::number(before - tables.messages.len()))
        })
    }

    async fn count(&self, now: Timestamp) -> Result<u64, StorageError> {
        let tables = self.read();
        let due = tables.messages.values().filter(|m| is_due(m, now));
        Ok(table::number(due.count()))
    }
}

fn is_due(message: &Message, now: Timestamp) -> bool {
    message.due_at <= now && message.expires_at > now
}

impl Tables {
    pub(crate) fn add_message(&mut self, message: &Message) -> Result<(), StorageError> {
        let owned = self.of(message.tenant_id);
        table::exists(owned.users.contains_key(&message.user_id))?;
        table::add(&mut self.messages, message.id, message)
    }
}
