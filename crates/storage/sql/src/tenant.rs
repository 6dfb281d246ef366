use async_trait::async_trait;
use iam_model::{Tenant, TenantId, TenantName};
use iam_storage_ports::{Change, Listing, Page, StorageError, TenantFilter, TenantRepository};

use crate::{Row, SqlStorage, SqlTransport, Statement, filter::Filter};

/// The columns that [`read`] reads.
pub(crate) const COLUMNS: &str = "\
    t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at";

const ADD: &str = "\
    insert into tenants \
    (id, name, display_name, status, settings, version, created_at, updated_at) \
    values (?, ?, ?, ?, ?, ?, ?, ?)";

const CHANGE: &str = "\
    update tenants \
    set display_name = ?, status = ?, settings = ?, version = version + 1, updated_at = ? \
    where id = ? and version = ?";

/// All that belongs to a tenant, each after what refers to it. The first is for engines that look
/// at every row by itself: a group may be removed before one that is in it.
const REMOVE_OWNED: [&str; 25] = [
    "update tenant_groups set parent_id = null where tenant_id = ?",
    "delete from policy_activations where tenant_id = ?",
    "delete from policies where tenant_id = ?",
    "delete from api_keys where tenant_id = ?",
    "delete from idempotency_keys where tenant_id = ?",
    "delete from audit_heads where tenant_id = ?",
    "delete from audit_events where tenant_id = ?",
    "delete from permissions where tenant_id = ?",
    "delete from role_assignable where tenant_id = ?",
    "delete from role_includes where tenant_id = ?",
    "delete from role_permissions where tenant_id = ?",
    "delete from group_roles where tenant_id = ?",
    "delete from user_roles where tenant_id = ?",
    "delete from group_members where tenant_id = ?",
    "delete from external_ids where tenant_id = ?",
    "delete from user_emails where tenant_id = ?",
    "delete from ended_sessions where tenant_id = ?",
    "delete from messages where tenant_id = ?",
    "delete from one_time_codes where tenant_id = ?",
    "delete from recovery_codes where tenant_id = ?",
    "delete from credentials where tenant_id = ?",
    "delete from users where tenant_id = ?",
    "delete from roles where tenant_id = ?",
    "delete from tenant_groups where tenant_id = ?",
    "delete from clients where tenant_id = ?",
];

const REMOVE: &str = "delete from tenants where id = ? and version = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> TenantRepository for SqlStorage<T> {
    async fn lookup(&self, id: &TenantId) -> Result<Option<Tenant>, StorageError> {
        self.find(lookup(id), read).await
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, StorageError> {
        let query = Statement::new(format!("select {COLUMNS} from tenants t where t.name = ?"));
        self.find(query.bind(name), read).await
    }

    async fn list(
        &self,
        filter: &TenantFilter,
        page: &Page,
    ) -> Result<Listing<Tenant>, StorageError> {
        let (condition, status) = match &filter.status {
            Some(status) => ("t.status = ?", status.into()),
            None => ("t.status <> ?", "deleted".into()),
        };
        let query = Filter::new("tenants", "t", "id")
            .and(condition, [status])
            .begins_indexed("t.name", filter.name_prefix.as_deref())
            .page(COLUMNS, page);
        self.list(query, page, read, |tenant| tenant.id.to_string())
            .await
    }

    async fn add(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(ADD)
            .bind(&tenant.id)
            .bind(&tenant.name)
            .bind(tenant.display_name.as_str())
            .bind(&tenant.status)
            .bind_json(&tenant.settings)?
            .bind(tenant.version)
            .bind(tenant.created_at)
            .bind(tenant.updated_at);
        Ok(self.write(vec![statement], change).await?)
    }

    async fn change(&self, tenant: Tenant, change: &Change) -> Result<Tenant, StorageError> {
        let statement = Statement::new(CHANGE)
            .bind(tenant.display_name.as_str())
            .bind(&tenant.status)
            .bind_json(&tenant.settings)?
            .bind(tenant.updated_at)
            .bind(&tenant.id)
            .bind(tenant.version)
            .exactly(1);
        let query = lookup(&tenant.id);
        let changed = self.write_and_read(vec![statement], change, query);
        read(&mut changed.await?)
    }

    async fn remove(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError> {
        let owned = REMOVE_OWNED.map(|sql| Statement::new(sql).bind(&tenant.id));
        let statement = Statement::new(REMOVE)
            .bind(&tenant.id)
            .bind(tenant.version)
            .exactly(1);
        let unit = owned.into_iter().chain([statement]).collect();
        Ok(self.write(unit, change).await?)
    }
}

fn lookup(id: &TenantId) -> Statement {
    Statement::new(format!("select {COLUMNS} from tenants t where t.id = ?")).bind(id)
}

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &mut Row) -> Result<Tenant, StorageError> {
    let mut row = row.of("tenants");
    Ok(Tenant {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        display_name: row.text("display_name")?,
        status: row.parsed("status")?,
        settings: row.json_or_default("settings")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
