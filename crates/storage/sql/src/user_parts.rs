//! The tables around users: the names by which they are found, and what they are in.

use iam_model::{TenantId, User, UserId};
use iam_storage_ports::UserFilter;
use serde_json::json;

use crate::{Dialect, SqlError, Statement, Value, filter::Filter};

const REMOVE_NAMES: [&str; 2] = [
    "delete from user_emails where tenant_id = ? and user_id = ?",
    "delete from external_ids where tenant_id = ? and user_id = ?",
];

const REMOVE_REST: [&str; 7] = [
    "delete from ended_sessions where tenant_id = ? and user_id = ?",
    "delete from messages where tenant_id = ? and user_id = ?",
    "delete from one_time_codes where tenant_id = ? and user_id = ?",
    "delete from recovery_codes where tenant_id = ? and user_id = ?",
    "delete from credentials where tenant_id = ? and user_id = ?",
    "delete from user_roles where tenant_id = ? and user_id = ?",
    "delete from group_members where tenant_id = ? and user_id = ?",
];

/// Adds the addresses and the external ids of a user.
pub(crate) fn add(
    dialect: Dialect,
    tenant: &TenantId,
    user: &User,
) -> Result<Vec<Statement>, SqlError> {
    let mut unit = Vec::new();
    let emails = &user.details.emails;
    if !emails.is_empty() {
        let texts = dialect.syntax().json_texts();
        let sql = format!(
            "insert into user_emails (tenant_id, user_id, email_key) \
             select ?, ?, v.value from {texts} v"
        );
        let keys: Vec<_> = emails.iter().map(|email| email.address.key()).collect();
        let statement = Statement::new(sql).bind(tenant).bind(&user.id);
        unit.push(statement.bind_json(&keys)?);
    }
    let external = &user.details.external_ids;
    if !external.is_empty() {
        let rows = dialect.syntax().json_rows(&["system_name", "external_id"]);
        let sql = format!(
            "insert into external_ids (tenant_id, user_id, system_name, external_id) \
             select ?, ?, v.system_name, v.external_id from {rows} v"
        );
        let row = |(system, id)| json!({ "system_name": system, "external_id": id });
        let ids: Vec<_> = external.iter().map(row).collect();
        let statement = Statement::new(sql).bind(tenant).bind(&user.id);
        unit.push(statement.bind_json(&ids)?);
    }
    Ok(unit)
}

/// Removes what [`add`] adds.
pub(crate) fn remove_names(tenant: &TenantId, user: &UserId) -> [Statement; 2] {
    REMOVE_NAMES.map(|sql| Statement::new(sql).bind(tenant).bind(user))
}

/// Removes all that refers to a user.
pub(crate) fn remove_all(tenant: &TenantId, user: &UserId) -> Vec<Statement> {
    let rest = REMOVE_REST.map(|sql| Statement::new(sql).bind(tenant).bind(user));
    remove_names(tenant, user).into_iter().chain(rest).collect()
}

/// Only those users `u` for whom what `filter` says of these tables holds. The table with the
/// fewest rows, one user's if possible, is read first.
pub(crate) fn narrow(query: Filter, tenant: &TenantId, filter: &UserFilter) -> Filter {
    let mut wanted = wanted(tenant, filter);
    let query = match wanted.next() {
        Some((table, condition, parameters)) => {
            query.through((table, "user_id"), condition, parameters)
        }
        None => query,
    };
    wanted.fold(query, |query, (table, condition, parameters)| {
        let condition = format!("u.id in (select x.user_id from {table} x where {condition})");
        query.and(&condition, parameters)
    })
}

/// The tables in which a user must be, with the condition for a row `x` and its parameters.
fn wanted(
    tenant: &TenantId,
    filter: &UserFilter,
) -> impl Iterator<Item = (&'static str, &'static str, Vec<Value>)> {
    let external_id = filter.external_id.as_ref().map(|(system, id)| {
        let condition = "x.tenant_id = ? and x.system_name = ? and x.external_id = ?";
        let parameters = vec![tenant.into(), system.as_str().into(), id.as_str().into()];
        ("external_ids", condition, parameters)
    });
    let email = filter.email.as_ref().map(|email| {
        let condition = "x.tenant_id = ? and x.email_key = ?";
        let parameters = vec![tenant.into(), email.key().into()];
        ("user_emails", condition, parameters)
    });
    let group = filter.group.as_ref().map(|group| {
        let condition = "x.tenant_id = ? and x.group_id = ?";
        (
            "group_members",
            condition,
            vec![tenant.into(), group.into()],
        )
    });
    let role = filter.role.as_ref().map(|role| {
        let condition = "x.tenant_id = ? and x.role_id = ?";
        ("user_roles", condition, vec![tenant.into(), role.into()])
    });
    [external_id, email, group, role].into_iter().flatten()
}
