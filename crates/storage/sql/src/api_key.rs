use async_trait::async_trait;
use iam_model::{ApiKey, ApiKeyId, TenantId};
use iam_storage_ports::{ApiKeyRepository, Change, Listing, Page, StorageError};

use crate::{Row, SqlTransport, Statement, filter::Filter, storage::SqlTenant};

/// The columns that [`read`] reads.
pub(crate) const COLUMNS: &str = "\
    k.id, k.name, k.digest, k.permissions, k.expires_at, k.revoked_at, k.version, \
    k.created_at, k.updated_at";

const ADD: &str = "\
    insert into api_keys (tenant_id, id, name, digest, permissions, expires_at, revoked_at, \
    version, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

const CHANGE: &str = "\
    update api_keys set name = ?, permissions = ?, expires_at = ?, revoked_at = ?, \
    version = version + 1, updated_at = ? where id = ? and tenant_id = ? and version = ?";

const REMOVE: &str = "delete from api_keys where id = ? and tenant_id = ? and version = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> ApiKeyRepository for SqlTenant<'_, T> {
    async fn lookup(&self, id: &ApiKeyId) -> Result<Option<ApiKey>, StorageError> {
        self.storage.find(lookup(&self.id, id), read).await
    }

    async fn list(&self, page: &Page) -> Result<Listing<ApiKey>, StorageError> {
        let filter = Filter::new("api_keys", "k", "id").of(&self.id);
        let query = filter.page(COLUMNS, page);
        let key = |key: &ApiKey| key.id.to_string();
        self.storage.list(query, page, read, key).await
    }

    async fn add(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(ADD)
            .bind(&self.id)
            .bind(&key.id)
            .bind(&key.name)
            .bind(&key.digest)
            .bind_json(&key.permissions)?
            .bind(key.expires_at)
            .bind(key.revoked_at)
            .bind(key.version)
            .bind(key.created_at)
            .bind(key.updated_at);
        Ok(self.storage.write(vec![statement], change).await?)
    }

    async fn change(&self, key: ApiKey, change: &Change) -> Result<ApiKey, StorageError> {
        let statement = Statement::new(CHANGE)
            .bind(&key.name)
            .bind_json(&key.permissions)?
            .bind(key.expires_at)
            .bind(key.revoked_at)
            .bind(key.updated_at)
            .bind(&key.id)
            .bind(&self.id)
            .bind(key.version)
            .exactly(1);
        let query = lookup(&self.id, &key.id);
        let changed = self.storage.write_and_read(vec![statement], change, query);
        read(&mut changed.await?)
    }

    async fn remove(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(REMOVE)
            .bind(&key.id)
            .bind(&self.id)
            .bind(key.version)
            .exactly(1);
        Ok(self.storage.write(vec![statement], change).await?)
    }
}

fn lookup(tenant: &TenantId, id: &ApiKeyId) -> Statement {
    let sql = format!("select {COLUMNS} from api_keys k where k.id = ? and k.tenant_id = ?");
    Statement::new(sql).bind(id).bind(tenant)
}

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &mut Row) -> Result<ApiKey, StorageError> {
    let mut row = row.of("api_keys");
    Ok(ApiKey {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        digest: row.parsed("digest")?,
        permissions: row.set("permissions")?,
        expires_at: row.time_or_null("expires_at")?,
        revoked_at: row.time_or_null("revoked_at")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
