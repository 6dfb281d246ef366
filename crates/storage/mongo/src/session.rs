use async_trait::async_trait;
use iam_model::{EndedSession, SessionId, UserId};
use iam_storage_ports::{Change, SessionRepository, StorageError};

use crate::{
    collection::Collection,
    command::Command,
    document::Document,
    storage::MongoTenant,
    unit::{Query, exists},
};

const OWN: Collection = Collection::EndedSessions;

#[async_trait(?Send)]
impl SessionRepository for MongoTenant<'_> {
    async fn end(&self, session: &EndedSession, change: &Change) -> Result<(), StorageError> {
        let user = self.key(session.user_id);
        let queries = vec![
            self.lookup(OWN, &session.id),
            Query::id(Collection::Users, &user),
        ];
        self.write(change, queries, |unit| {
            exists(unit.has(Collection::Users, &user))?;
            let document = Document::of_tenant(self.id, &session.id)
                .text("id", &session.id)
                .text("user_id", session.user_id)
                .time("ended_at", session.ended_at);
            unit.add(OWN, document)
        })
        .await
    }

    async fn is_ended(&self, id: &SessionId) -> Result<bool, StorageError> {
        let found = self.storage.find(self.lookup(OWN, id), read).await?;
        Ok(found.is_some())
    }

    async fn list(&self, user: &UserId) -> Result<Vec<EndedSession>, StorageError> {
        let filter = self.own().has("user_id", user);
        let command = Command::find(OWN.name(), filter).sorted(&[("id", 1)]);
        self.storage.all(Query::new(OWN, command), read).await
    }
}

fn read(document: &Document) -> Result<EndedSession, StorageError> {
    let fields = document.read(OWN);
    Ok(EndedSession {
        id: fields.parsed("id")?,
        user_id: fields.parsed("user_id")?,
        ended_at: fields.time("ended_at")?,
    })
}
