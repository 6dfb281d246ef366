use async_trait::async_trait;
use iam_model::{Message, MessageId, Sealed, Timestamp};
use iam_storage_ports::{MessageRepository, StorageError};

use crate::{Row, SqlStorage, SqlTransport, Statement};

const ADD: &str = "\
    insert into messages (id, tenant_id, user_id, kind, channel, content, attempts, due_at, \
    expires_at, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

const DUE: &str = "\
    select id, tenant_id, user_id, kind, channel, content, attempts, expires_at, created_at \
    from messages where due_at <= ? and expires_at > ? order by due_at, id limit ?";

/// Finds the rows that [`DUE`] found just before in the same unit of work. The query within a
/// query is for MySQL, which else refuses to read a table while it changes it.
const CLAIM: &str = "\
    update messages set due_at = ?, attempts = attempts + 1 where id in (select v.id from \
    (select id from messages where due_at <= ? and expires_at > ? order by due_at, id limit ?) v)";

const RETRY: &str = "update messages set due_at = ? where id = ? and due_at = ?";

const REMOVE: &str = "delete from messages where id = ?";

const COUNT_EXPIRED: &str = "select count(*) from messages where expires_at <= ?";

const REMOVE_EXPIRED: &str = "delete from messages where expires_at <= ?";

const COUNT_DUE: &str = "select count(*) from messages where due_at <= ? and expires_at > ?";

#[async_trait(?Send)]
impl<T: SqlTransport> MessageRepository for SqlStorage<T> {
    async fn add(&self, message: &Message) -> Result<(), StorageError> {
        Ok(self.run(&[add(message)]).await.map(drop)?)
    }

    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Message>, StorageError> {
        let due = |statement: Statement| statement.bind(now).bind(now).bind(i64::from(limit));
        let unit = [
            due(Statement::new(DUE)),
            due(Statement::new(CLAIM).bind(until)),
        ];
        let rows = self.run(&unit).await?.into_iter().flatten();
        rows.map(|mut row| read_claimed(&mut row, until)).collect()
    }

    async fn retry(&self, claimed: &Message, due_at: Timestamp) -> Result<(), StorageError> {
        let statement = Statement::new(RETRY)
            .bind(due_at)
            .bind(&claimed.id)
            .bind(claimed.due_at);
        Ok(self.run(&[statement.exactly(1)]).await.map(drop)?)
    }

    async fn remove(&self, id: &MessageId) -> Result<(), StorageError> {
        let statement = Statement::new(REMOVE).bind(id);
        Ok(self.run(&[statement]).await.map(drop)?)
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError> {
        let unit = [COUNT_EXPIRED, REMOVE_EXPIRED];
        let unit = unit.map(|sql| Statement::new(sql).bind(now));
        self.count_of("messages", &unit).await
    }

    async fn count(&self, now: Timestamp) -> Result<u64, StorageError> {
        let query = Statement::new(COUNT_DUE).bind(now).bind(now);
        self.count_of("messages", &[query]).await
    }
}

/// Adds a message.
pub(crate) fn add(message: &Message) -> Statement {
    Statement::new(ADD)
        .bind(&message.id)
        .bind(&message.tenant_id)
        .bind(&message.user_id)
        .bind(message.kind.as_str())
        .bind(message.channel.as_str())
        .bind(message.content.as_str())
        .bind(i64::from(message.attempts))
        .bind(message.due_at)
        .bind(message.expires_at)
        .bind(message.created_at)
}

/// Reads a row of [`DUE`] as it is after [`CLAIM`].
fn read_claimed(row: &mut Row, due_at: Timestamp) -> Result<Message, StorageError> {
    let mut row = row.of("messages");
    Ok(Message {
        id: row.parsed("id")?,
        tenant_id: row.parsed("tenant_id")?,
        user_id: row.parsed("user_id")?,
        kind: row.parsed("kind")?,
        channel: row.parsed("channel")?,
        content: Sealed::new(row.text("content")?),
        attempts: u16::try_from(row.integer("attempts")?.saturating_add(1)).unwrap_or(u16::MAX),
        due_at,
        expires_at: row.time("expires_at")?,
        created_at: row.time("created_at")?,
    })
}
