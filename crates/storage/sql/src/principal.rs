use async_trait::async_trait;
use iam_model::{ClientId, Principal, TenantName, UserId, Username};
use iam_storage_ports::{LoginRecord, PrincipalRepository, StorageError};

use crate::{Dialect, Row, SqlStorage, SqlTransport, Statement, client, credential, tenant, user};

// Both queries give one row at most, so that what a login costs does not grow with what its user
// may do. Every table is reached by a unique key. The plan must not depend on statistics, which
// SQLite does not have unless asked: it keeps the order of `left join` and of `cross join`.

fn find_by_username(dialect: Dialect) -> String {
    format!(
        "select {TENANT}, {CLIENT}, {} from tenants t \
         left join clients c on c.tenant_id = t.id and c.id = ? \
         left join users u on u.tenant_id = t.id and u.username_key = ? \
         {PASSWORD_OF_USER} where t.name = ?",
        principal(dialect)
    )
}

fn lookup(dialect: Dialect) -> String {
    format!(
        "select {TENANT}, {} from tenants t \
         left join users u on u.tenant_id = t.id and u.id = ? \
         {PASSWORD_OF_USER} where t.name = ?",
        principal(dialect)
    )
}

const TENANT: &str =
    "t.id, t.name, t.display_name, t.status, t.version, t.created_at, t.updated_at";

const CLIENT: &str =
    "c.id, c.tenant_id, c.first_party, c.redirect_uri, c.scope, c.login_uri, c.created_at";

/// The columns that [`read`] reads.
fn principal(dialect: Dialect) -> String {
    let roles = dialect.json_array("r.name");
    let permissions = dialect.json_array("p.permission");
    format!(
        "u.id, u.username, u.status, u.version, u.created_at, u.updated_at, \
         w.id, w.user_id, w.hash, w.updated_at, \
         (select {roles} from user_roles ur cross join roles r \
         where ur.tenant_id = u.tenant_id and ur.user_id = u.id \
         and r.tenant_id = ur.tenant_id and r.id = ur.role_id), \
         (select {permissions} from user_roles ur cross join role_permissions p \
         where ur.tenant_id = u.tenant_id and ur.user_id = u.id \
         and p.tenant_id = ur.tenant_id and p.role_id = ur.role_id)"
    )
}

const PASSWORD_OF_USER: &str = "\
    left join credentials w \
    on w.tenant_id = u.tenant_id and w.user_id = u.id and w.kind = 'password'";

#[async_trait(?Send)]
impl<T: SqlTransport> PrincipalRepository for SqlStorage<T> {
    async fn find_by_username(
        &self,
        tenant: &TenantName,
        username: &Username,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        let query = Statement::new(find_by_username(self.dialect()))
            .bind(client)
            .bind(username.key())
            .bind(tenant);
        let found = self.find(query, read_login).await?;
        Ok(found.unwrap_or_default())
    }

    async fn lookup(
        &self,
        tenant: &TenantName,
        user: &UserId,
    ) -> Result<Option<Principal>, StorageError> {
        let query = Statement::new(lookup(self.dialect()))
            .bind(user)
            .bind(tenant);
        let found = self.find(query, |row| {
            let tenant = tenant::read(row)?;
            read(row, tenant)
        });
        Ok(found.await?.flatten())
    }
}

fn read_login(row: &mut Row) -> Result<LoginRecord, StorageError> {
    let tenant = tenant::read(row)?;
    Ok(LoginRecord {
        client: row.optional(client::WIDTH, client::read)?,
        principal: read(row, tenant)?,
    })
}

/// Reads a user, their password, roles and permissions.
fn read(row: &mut Row, tenant: iam_model::Tenant) -> Result<Option<Principal>, StorageError> {
    let Some(user) = row.optional(user::WIDTH, user::read)? else {
        return Ok(None);
    };
    Ok(Some(Principal {
        tenant,
        user,
        password: row.optional(credential::WIDTH, credential::read)?,
        roles: row.of("roles").set("name")?,
        permissions: row.of("role_permissions").set("permission")?,
    }))
}
