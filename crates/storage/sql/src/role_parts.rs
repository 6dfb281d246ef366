//! The tables around roles: what a role is made of, and who has it.

use std::collections::BTreeSet;

use iam_model::{Role, RoleId, TenantId};
use iam_storage_ports::Grantee;

use crate::{Dialect, SqlError, Statement, Value};

const REMOVE: [&str; 3] = [
    "delete from role_permissions where tenant_id = ? and role_id = ?",
    "delete from role_includes where tenant_id = ? and role_id = ?",
    "delete from role_assignable where tenant_id = ? and role_id = ?",
];

const TAKE_FROM_ALL: [&str; 2] = [
    "delete from group_roles where tenant_id = ? and role_id = ?",
    "delete from user_roles where tenant_id = ? and role_id = ?",
];

const GIVE_TO_GROUP: &str = "\
    insert into group_roles (tenant_id, group_id, role_id) \
    select t.id, ?, ? from tenants t where t.id = ? and not exists (\
    select 1 from group_roles g where g.tenant_id = ? and g.group_id = ? and g.role_id = ?)";

const GIVE_TO_USER: &str = "\
    insert into user_roles (tenant_id, user_id, role_id) \
    select t.id, ?, ? from tenants t where t.id = ? and not exists (\
    select 1 from user_roles u where u.tenant_id = ? and u.user_id = ? and u.role_id = ?)";

const TAKE_FROM_GROUP: &str = "\
    delete from group_roles where tenant_id = ? and group_id = ? and role_id = ?";

const TAKE_FROM_USER: &str = "\
    delete from user_roles where tenant_id = ? and user_id = ? and role_id = ?";

/// Adds what the role allows, includes, and lets its holders give.
pub(crate) fn add(
    dialect: Dialect,
    tenant: &TenantId,
    role: &Role,
) -> Result<Vec<Statement>, SqlError> {
    let texts = dialect.syntax().json_texts();
    let mut unit = Vec::new();
    let mut add = |columns: &str, values: Vec<String>| {
        if values.is_empty() {
            return Ok(());
        }
        let sql = format!("insert into {columns} select ?, ?, v.value from {texts} v");
        let statement = Statement::new(sql).bind(tenant).bind(&role.id);
        unit.push(statement.bind_json(&values)?);
        Ok(())
    };
    add(
        "role_permissions (tenant_id, role_id, permission)",
        set(&role.permissions),
    )?;
    add(
        "role_includes (tenant_id, role_id, included_id)",
        set(&role.includes),
    )?;
    add(
        "role_assignable (tenant_id, role_id, assignable_id)",
        set(&role.assignable),
    )?;
    Ok(unit)
}

/// Removes what [`add`] adds.
pub(crate) fn remove(tenant: &TenantId, role: &RoleId) -> [Statement; 3] {
    REMOVE.map(|sql| Statement::new(sql).bind(tenant).bind(role))
}

/// Takes the role from all who have it.
pub(crate) fn take_from_all(tenant: &TenantId, role: &RoleId) -> Vec<Statement> {
    TAKE_FROM_ALL
        .map(|sql| Statement::new(sql).bind(tenant).bind(role))
        .into()
}

/// Gives the role to somebody, if they do not have it.
pub(crate) fn give(tenant: &TenantId, role: &RoleId, to: &Grantee) -> Statement {
    let (sql, id): (_, Value) = match to {
        Grantee::Group(id) => (GIVE_TO_GROUP, id.into()),
        Grantee::User(id) => (GIVE_TO_USER, id.into()),
    };
    Statement::new(sql)
        .bind(id.clone())
        .bind(role)
        .bind(tenant)
        .bind(tenant)
        .bind(id)
        .bind(role)
}

/// Takes the role from somebody, if they have it.
pub(crate) fn take(tenant: &TenantId, role: &RoleId, from: &Grantee) -> Statement {
    let (sql, id): (_, Value) = match from {
        Grantee::Group(id) => (TAKE_FROM_GROUP, id.into()),
        Grantee::User(id) => (TAKE_FROM_USER, id.into()),
    };
    Statement::new(sql).bind(tenant).bind(id).bind(role)
}

fn set<T: Ord + ToString>(values: &[T]) -> Vec<String> {
    let values: BTreeSet<_> = values.iter().collect();
    values.into_iter().map(ToString::to_string).collect()
}
