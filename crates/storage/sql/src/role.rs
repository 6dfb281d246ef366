use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{Role, RoleId, RoleName, UserId};
use iam_storage_ports::{RoleRepository, StorageError};

use crate::{Dialect, Row, SqlTransport, Statement, storage::SqlTenant};

fn find_by_name(dialect: Dialect) -> String {
    let permissions = dialect.json_array("p.permission");
    format!(
        "select r.id, r.name, \
         (select {permissions} from role_permissions p \
         where p.tenant_id = r.tenant_id and p.role_id = r.id), \
         r.created_at \
         from roles r where r.tenant_id = ? and r.name = ?"
    )
}

const ADD: &str = "insert into roles (tenant_id, id, name, created_at) values (?, ?, ?, ?)";

const ADD_PERMISSION: &str = "\
    insert into role_permissions (tenant_id, role_id, permission) values (?, ?, ?)";

const ASSIGN: &str = "insert into user_roles (tenant_id, user_id, role_id) values (?, ?, ?)";

const UNASSIGN: &str = "\
    delete from user_roles where tenant_id = ? and user_id = ? and role_id = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> RoleRepository for SqlTenant<'_, T> {
    async fn find_by_name(&self, name: &RoleName) -> Result<Option<Role>, StorageError> {
        let query = Statement::new(find_by_name(self.storage.dialect()))
            .bind(&self.id)
            .bind(name);
        self.storage.find(query, read).await
    }

    async fn add(&self, role: &Role) -> Result<(), StorageError> {
        let mut unit = vec![
            Statement::new(ADD)
                .bind(&self.id)
                .bind(&role.id)
                .bind(&role.name)
                .bind(role.created_at),
        ];
        let permissions: BTreeSet<_> = role.permissions.iter().collect();
        unit.extend(permissions.into_iter().map(|permission| {
            Statement::new(ADD_PERMISSION)
                .bind(&self.id)
                .bind(&role.id)
                .bind(permission)
        }));
        self.storage.write(&unit).await
    }

    async fn assign(&self, role: &RoleId, user: &UserId) -> Result<(), StorageError> {
        let statement = Statement::new(ASSIGN).bind(&self.id).bind(user).bind(role);
        match self.storage.write(&[statement]).await {
            Err(StorageError::AlreadyExists) => Ok(()),
            other => other,
        }
    }

    async fn unassign(&self, role: &RoleId, user: &UserId) -> Result<(), StorageError> {
        let statement = Statement::new(UNASSIGN)
            .bind(&self.id)
            .bind(user)
            .bind(role);
        self.storage.write(&[statement]).await
    }
}

/// Reads `id, name, permissions, created_at`.
fn read(row: &mut Row) -> Result<Role, StorageError> {
    let mut row = row.of("roles");
    Ok(Role {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        permissions: row.set("permissions")?,
        created_at: row.time("created_at")?,
    })
}
