use async_trait::async_trait;
use iam_model::{EndedSession, SessionId, UserId};
use iam_storage_ports::{Change, SessionRepository, StorageError};

use crate::{Row, SqlTransport, Statement, storage::SqlTenant};

const END: &str = "\
    insert into ended_sessions (tenant_id, id, user_id, ended_at) values (?, ?, ?, ?)";

const LOOKUP: &str = "\
    select id, user_id, ended_at from ended_sessions where tenant_id = ? and id = ?";

const LIST: &str = "\
    select id, user_id, ended_at from ended_sessions where tenant_id = ? and user_id = ? \
    order by id";

#[async_trait(?Send)]
impl<T: SqlTransport> SessionRepository for SqlTenant<'_, T> {
    async fn end(&self, session: &EndedSession, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(END)
            .bind(&self.id)
            .bind(session.id.as_str())
            .bind(&session.user_id)
            .bind(session.ended_at);
        Ok(self.storage.write(vec![statement], change).await?)
    }

    async fn is_ended(&self, id: &SessionId) -> Result<bool, StorageError> {
        let query = Statement::new(LOOKUP).bind(&self.id).bind(id.as_str());
        Ok(self.storage.find(query, read).await?.is_some())
    }

    async fn list(&self, user: &UserId) -> Result<Vec<EndedSession>, StorageError> {
        let query = Statement::new(LIST).bind(&self.id).bind(user);
        self.storage.all(query, read).await
    }
}

fn read(row: &mut Row) -> Result<EndedSession, StorageError> {
    let mut row = row.of("ended_sessions");
    Ok(EndedSession {
        id: row.parsed("id")?,
        user_id: row.parsed("user_id")?,
        ended_at: row.time("ended_at")?,
    })
}
