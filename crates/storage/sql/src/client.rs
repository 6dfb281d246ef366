use async_trait::async_trait;
use iam_model::{Client, ClientId, TenantId};
use iam_storage_ports::{Change, ClientRepository, Listing, Page, StorageError};

use crate::{Row, SqlTransport, Statement, filter::Filter, storage::SqlTenant};

/// The columns that [`read`] reads.
pub(crate) const COLUMNS: &str = "\
    c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, \
    c.created_at, c.updated_at";

/// How many they are.
pub(crate) const WIDTH: usize = 9;

const ADD: &str = "\
    insert into clients (id, tenant_id, first_party, redirect_uris, scope, details, version, \
    created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)";

const CHANGE: &str = "\
    update clients set first_party = ?, redirect_uris = ?, scope = ?, details = ?, \
    version = version + 1, updated_at = ? where id = ? and tenant_id = ? and version = ?";

const REMOVE: &str = "delete from clients where id = ? and tenant_id = ? and version = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> ClientRepository for SqlTenant<'_, T> {
    async fn lookup(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        self.storage.find(lookup(&self.id, id), read).await
    }

    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<Client>, StorageError> {
        let filter = Filter::new("clients", "c", "id").of(&self.id);
        let query = filter.page_of_prefix(COLUMNS, prefix, page);
        let key = |client: &Client| client.id.to_string();
        self.storage.list(query, page, read, key).await
    }

    async fn add(&self, client: &Client, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(ADD)
            .bind(&client.id)
            .bind(&self.id)
            .bind(client.first_party)
            .bind_json(&client.redirect_uris)?
            .bind(&client.scope)
            .bind_json(&client.details)?
            .bind(client.version)
            .bind(client.created_at)
            .bind(client.updated_at);
        Ok(self.storage.write(vec![statement], change).await?)
    }

    async fn change(&self, client: Client, change: &Change) -> Result<Client, StorageError> {
        let statement = Statement::new(CHANGE)
            .bind(client.first_party)
            .bind_json(&client.redirect_uris)?
            .bind(&client.scope)
            .bind_json(&client.details)?
            .bind(client.updated_at)
            .bind(&client.id)
            .bind(&self.id)
            .bind(client.version)
            .exactly(1);
        let query = lookup(&self.id, &client.id);
        let changed = self.storage.write_and_read(vec![statement], change, query);
        read(&mut changed.await?)
    }

    async fn remove(&self, client: &Client, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(REMOVE)
            .bind(&client.id)
            .bind(&self.id)
            .bind(client.version)
            .exactly(1);
        Ok(self.storage.write(vec![statement], change).await?)
    }
}

fn lookup(tenant: &TenantId, id: &ClientId) -> Statement {
    let sql = format!("select {COLUMNS} from clients c where c.id = ? and c.tenant_id = ?");
    Statement::new(sql).bind(id).bind(tenant)
}

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &mut Row) -> Result<Client, StorageError> {
    let mut row = row.of("clients");
    Ok(Client {
        id: row.parsed("id")?,
        tenant_id: row.parsed("tenant_id")?,
        first_party: row.boolean("first_party")?,
        redirect_uris: row.json("redirect_uris")?,
        scope: row.parsed("scope")?,
        details: row.json_or_default("details")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
