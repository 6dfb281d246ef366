use async_trait::async_trait;
use iam_model::{Message, MessageId, Sealed, Timestamp};
use iam_storage_ports::{MessageRepository, StorageError};
use serde_json::json;

use crate::{
    collection::Collection,
    command::{Command, Filter},
    document::{Document, GONE, ID, UNIT, id, long},
    storage::MongoStorage,
    sweep,
    unit::{Query, Unit, exists},
};

const OWN: Collection = Collection::Messages;

/// The documents of messages are added and removed by units of work, and not changed by any. So what
/// changes one, its times and attempts, needs no unit.
#[async_trait(?Send)]
impl MessageRepository for MongoStorage {
    async fn add(&self, message: &Message) -> Result<(), StorageError> {
        let queries = [
            Query::id(OWN, &message.id.to_string()),
            Query::id(Collection::Tenants, &message.tenant_id.to_string()),
            Query::id(Collection::Users, &id(message.tenant_id, message.user_id)),
        ];
        self.unit(&queries, |unit| self::add(unit, message)).await
    }

    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Message>, StorageError> {
        // Each takes the next that none of them has taken; the first that finds none is the last.
        let mark = self.connection.unique();
        let update = json!({
            "$set": { "due_at": long(until.as_millis()), "claim": mark },
            "$inc": { "attempts": long(1) },
        });
        let next = due(now).and("claim", json!({ "$ne": mark }));
        let claim = Command::find_and_modify(OWN.name(), next, update)
            .sorted(&[("due_at", 1), ("id", 1)])
            .changed()
            .must();
        let most = usize::from(limit).min(MOST_CLAIMED);
        let answers = self.settled(std::iter::repeat_n(claim, most)).await?;
        let claimed = answers.iter().filter_map(|answer| answer.value.as_ref());
        claimed.map(read).collect()
    }

    async fn retry(&self, claimed: &Message, due_at: Timestamp) -> Result<(), StorageError> {
        let filter = Filter::id(&claimed.id.to_string());
        let filter = filter.and("due_at", long(claimed.due_at.as_millis()));
        let update = json!({ "$set": { "due_at": long(due_at.as_millis()) } });
        let retry = Command::find_and_modify(OWN.name(), filter, update);
        let answers = self.settled([retry]).await?;
        let changed = answers.first().and_then(|answer| answer.value.as_ref());
        changed.map(drop).ok_or(StorageError::Stale)
    }

    async fn remove(&self, id: &MessageId) -> Result<(), StorageError> {
        // As if by a unit that no other is later than: no id comes again.
        let mark = json!({ UNIT: long(i64::MAX), GONE: long(self.connection.now().as_millis()) });
        let erased: serde_json::Map<_, _> = OWN
            .fields()
            .iter()
            .map(|&field| (field.to_owned(), 1.into()))
            .collect();
        let update = json!({ "$set": mark, "$unset": erased });
        let gone = json!({ "q": { ID: id.to_string() }, "u": update });
        self.settled([Command::update(OWN.name(), vec![gone])])
            .await
            .map(drop)
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError> {
        let end = now.as_millis().saturating_add(1);
        let expired = Filter::all().between("expires_at", None, Some(end));
        let count = Self::purge(self, OWN, expired).await?;
        sweep::run(self).await?;
        Ok(count)
    }

    async fn count(&self, now: Timestamp) -> Result<u64, StorageError> {
        Self::count(self, OWN, due(now)).await
    }
}

/// The most that are claimed in one request.
const MOST_CLAIMED: usize = 500;

/// What is due at `now` and not expired.
fn due(now: Timestamp) -> Filter {
    let next = now.as_millis().saturating_add(1);
    Filter::all()
        .between("due_at", None, Some(next))
        .between("expires_at", Some(next), None)
}

/// Adds a message of a user who is there.
pub(crate) fn add(unit: &mut Unit, message: &Message) -> Result<(), StorageError> {
    exists(unit.has(Collection::Tenants, &message.tenant_id.to_string()))?;
    exists(unit.has(Collection::Users, &id(message.tenant_id, message.user_id)))?;
    unit.add(OWN, document(message))
}

fn document(message: &Message) -> Document {
    Document::new(&message.id.to_string())
        .text("id", message.id)
        .text("tenant_id", message.tenant_id)
        .text("user_id", message.user_id)
        .text("kind", message.kind)
        .text("channel", message.channel)
        .text("content", message.content.as_str())
        .integer("attempts", i64::from(message.attempts))
        .time("due_at", message.due_at)
        .time("expires_at", message.expires_at)
        .time("created_at", message.created_at)
}

fn read(document: &Document) -> Result<Message, StorageError> {
    let fields = document.read(OWN);
    Ok(Message {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        user_id: fields.parsed("user_id")?,
        kind: fields.parsed("kind")?,
        channel: fields.parsed("channel")?,
        content: Sealed::new(fields.text("content")?),
        attempts: u16::try_from(fields.integer("attempts")?).unwrap_or(u16::MAX),
        due_at: fields.time("due_at")?,
        expires_at: fields.time("expires_at")?,
        created_at: fields.time("created_at")?,
    })
}
