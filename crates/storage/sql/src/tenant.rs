use async_trait::async_trait;
use iam_model::{Tenant, TenantId, TenantName, TenantStatus, Timestamp};
use iam_storage_ports::{StorageError, TenantRepository};

use crate::{Row, SqlStorage, SqlTransport, Statement};

const LOOKUP: &str = "\
    select id, name, display_name, status, version, created_at, updated_at \
    from tenants where id = ?";

const FIND_BY_NAME: &str = "\
    select id, name, display_name, status, version, created_at, updated_at \
    from tenants where name = ?";

const ADD: &str = "\
    insert into tenants \
    (id, name, display_name, status, version, created_at, updated_at) \
    values (?, ?, ?, ?, ?, ?, ?)";

const CHANGE_STATUS: &str = "\
    update tenants set status = ?, version = version + 1, updated_at = ? \
    where id = ? and version = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> TenantRepository for SqlStorage<T> {
    async fn lookup(&self, id: &TenantId) -> Result<Option<Tenant>, StorageError> {
        self.find(Statement::new(LOOKUP).bind(id), read).await
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, StorageError> {
        self.find(Statement::new(FIND_BY_NAME).bind(name), read)
            .await
    }

    async fn add(&self, tenant: &Tenant) -> Result<(), StorageError> {
        let statement = Statement::new(ADD)
            .bind(&tenant.id)
            .bind(&tenant.name)
            .bind(tenant.display_name.as_str())
            .bind(&tenant.status)
            .bind(tenant.version)
            .bind(tenant.created_at)
            .bind(tenant.updated_at);
        self.write(&[statement]).await
    }

    async fn change_status(
        &self,
        tenant: Tenant,
        status: TenantStatus,
        now: Timestamp,
    ) -> Result<Tenant, StorageError> {
        let statement = Statement::new(CHANGE_STATUS)
            .bind(&status)
            .bind(now)
            .bind(&tenant.id)
            .bind(tenant.version)
            .exactly(1);
        self.write(&[statement]).await?;
        Ok(Tenant {
            status,
            version: tenant.version + 1,
            updated_at: now,
            ..tenant
        })
    }
}

/// Reads `id, name, display_name, status, version, created_at, updated_at`.
pub(crate) fn read(row: &mut Row) -> Result<Tenant, StorageError> {
    let mut row = row.of("tenants");
    Ok(Tenant {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        display_name: row.text("display_name")?,
        status: row.parsed("status")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
