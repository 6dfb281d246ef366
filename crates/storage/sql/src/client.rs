use async_trait::async_trait;
use iam_model::{Client, ClientId};
use iam_storage_ports::{ClientRepository, StorageError};

use crate::{Row, SqlStorage, SqlTransport, Statement};

const LOOKUP: &str = "\
    select id, tenant_id, first_party, redirect_uri, scope, login_uri, created_at \
    from clients where id = ?";

const ADD: &str = "\
    insert into clients \
    (id, tenant_id, first_party, redirect_uri, scope, login_uri, created_at) \
    values (?, ?, ?, ?, ?, ?, ?)";

#[async_trait(?Send)]
impl<T: SqlTransport> ClientRepository for SqlStorage<T> {
    async fn lookup(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        self.find(Statement::new(LOOKUP).bind(id), read).await
    }

    async fn add(&self, client: &Client) -> Result<(), StorageError> {
        let statement = Statement::new(ADD)
            .bind(&client.id)
            .bind(&client.tenant_id)
            .bind(client.first_party)
            .bind(&client.redirect_uri)
            .bind(&client.scope)
            .bind(client.login_uri.as_ref())
            .bind(client.created_at);
        self.write(&[statement]).await
    }
}

/// How many columns [`read`] reads.
pub(crate) const WIDTH: usize = 7;

/// Reads `id, tenant_id, first_party, redirect_uri, scope, login_uri, created_at`.
pub(crate) fn read(row: &mut Row) -> Result<Client, StorageError> {
    let mut row = row.of("clients");
    Ok(Client {
        id: row.parsed("id")?,
        tenant_id: row.parsed("tenant_id")?,
        first_party: row.boolean("first_party")?,
        redirect_uri: row.parsed("redirect_uri")?,
        scope: row.parsed("scope")?,
        login_uri: row.parsed_or_null("login_uri")?,
        created_at: row.time("created_at")?,
    })
}
