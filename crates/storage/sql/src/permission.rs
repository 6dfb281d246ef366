use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{CatalogueEntry, Permission, TenantId};
use iam_storage_ports::{Change, Listing, Page, PermissionRepository, StorageError};
use serde_json::json;

use crate::{
    Dialect, Row, SqlError, SqlTransport, Statement,
    filter::{self, Filter},
    storage::SqlTenant,
};

/// The columns that [`read`] reads.
const COLUMNS: &str = "permission, description, version, created_at, updated_at";

fn missing(dialect: Dialect) -> String {
    let wanted = dialect.syntax().json_rows(&["permission", "low", "high"]);
    format!(
        "select v.permission from {wanted} v where not exists (\
         select 1 from permissions p where p.tenant_id = ? \
         and p.permission >= v.low and p.permission <= v.high)"
    )
}

const ADD: &str = "\
    insert into permissions (tenant_id, permission, description, version, created_at, updated_at) \
    values (?, ?, ?, ?, ?, ?)";

const CHANGE: &str = "\
    update permissions set description = ?, version = version + 1, updated_at = ? \
    where tenant_id = ? and permission = ? and version = ?";

const REMOVE: &str = "\
    delete from permissions where tenant_id = ? and permission = ? and version = ? \
    and not exists (select 1 from role_permissions p \
    where p.tenant_id = permissions.tenant_id and p.permission = permissions.permission)";

#[async_trait(?Send)]
impl<T: SqlTransport> PermissionRepository for SqlTenant<'_, T> {
    async fn lookup(
        &self,
        permission: &Permission,
    ) -> Result<Option<CatalogueEntry>, StorageError> {
        let query = lookup(&self.id, permission);
        self.storage.find(query, read).await
    }

    async fn missing(&self, permissions: &[Permission]) -> Result<Vec<Permission>, StorageError> {
        let rows: Vec<_> = permissions.iter().map(range).collect();
        let query = Statement::new(missing(self.storage.dialect()))
            .bind_json(&rows)?
            .bind(&self.id);
        let read = |row: &mut Row| row.of("permissions").parsed("permission");
        let missing: Vec<Permission> = self.storage.all(query, read).await?;
        let missing: BTreeSet<_> = missing.into_iter().collect();
        let is_missing = |permission: &&Permission| missing.contains(*permission);
        Ok(permissions.iter().filter(is_missing).cloned().collect())
    }

    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<CatalogueEntry>, StorageError> {
        let filter = Filter::new("permissions", "p", "permission").of(&self.id);
        let query = filter.page_of_prefix(COLUMNS, prefix, page);
        let key = |entry: &CatalogueEntry| entry.permission.to_string();
        self.storage.list(query, page, read, key).await
    }

    async fn add(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(ADD)
            .bind(&self.id)
            .bind(&entry.permission)
            .bind(&entry.description)
            .bind(entry.version)
            .bind(entry.created_at)
            .bind(entry.updated_at);
        Ok(self.storage.write(vec![statement], change).await?)
    }

    async fn change(
        &self,
        entry: CatalogueEntry,
        change: &Change,
    ) -> Result<CatalogueEntry, StorageError> {
        let statement = Statement::new(CHANGE)
            .bind(&entry.description)
            .bind(entry.updated_at)
            .bind(&self.id)
            .bind(&entry.permission)
            .bind(entry.version)
            .exactly(1);
        let query = lookup(&self.id, &entry.permission);
        let changed = self.storage.write_and_read(vec![statement], change, query);
        read(&mut changed.await?)
    }

    async fn remove(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(REMOVE)
            .bind(&self.id)
            .bind(&entry.permission)
            .bind(entry.version)
            .exactly(1);
        match self.storage.write(vec![statement], change).await {
            Err(SqlError::Guard) => {
                let now = PermissionRepository::lookup(self, &entry.permission).await?;
                Err(match now {
                    Some(now) if now.version == entry.version => StorageError::InUse,
                    _ => StorageError::Stale,
                })
            }
            other => Ok(other?),
        }
    }
}

fn lookup(tenant: &TenantId, permission: &Permission) -> Statement {
    let sql = format!("select {COLUMNS} from permissions where tenant_id = ? and permission = ?");
    Statement::new(sql).bind(tenant).bind(permission)
}

/// The first and the last entry that `permission` could cover. The end of a prefix is no entry
/// itself, since no word of a permission begins with what comes after a dot.
fn range(permission: &Permission) -> serde_json::Value {
    let text = permission.as_str();
    let below = text.strip_suffix('*');
    let end = below.and_then(filter::end_of_prefix);
    json!({
        "permission": text,
        "low": below.unwrap_or(text),
        "high": end.as_deref().unwrap_or(text),
    })
}

/// Reads [`COLUMNS`].
fn read(row: &mut Row) -> Result<CatalogueEntry, StorageError> {
    let mut row = row.of("permissions");
    Ok(CatalogueEntry {
        permission: row.parsed("permission")?,
        description: row.parsed("description")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
