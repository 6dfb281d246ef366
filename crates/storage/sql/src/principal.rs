use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use iam_model::{
    ActivePolicy, ApiKey, ApiKeyId, Client, ClientId, Principal, Tenant, TenantName, UserId,
    Username,
};
use iam_storage_ports::{LoginRecord, PrincipalRepository, StorageError};

use crate::{
    Dialect, Row, SqlStorage, SqlTransport, Statement, Value, api_key, client, credential, holder,
    second_factor, tenant, user,
};

// A query gives one row at most, so that the length of what a login reads does not multiply with
// what its user has. Every table is reached by a key. The plan must not depend on statistics, which
// SQLite does not have unless asked: it keeps the order of `left join` and of `cross join`.

/// The query for the user whose `column` is the parameter: the parameters are the tenant's name and
/// the user, the client, the user and the tenant's name.
fn find(dialect: Dialect, column: &str) -> String {
    let holder = holder::user(&format!(
        "select u.tenant_id, u.id from tenants t cross join users u \
         where t.name = ? and u.tenant_id = t.id and u.{column} = ?"
    ));
    let group = dialect
        .syntax()
        .json_tuple("g.id, g.parent_id, g.name, a.direct");
    let groups = dialect.syntax().json_array(&group);
    let roles = dialect.syntax().json_array("r.name");
    let permissions = dialect.syntax().json_array("p.permission");
    format!(
        "{holder} select {}, {}, y.id, y.number, y.source, {}, \
         w.id, w.user_id, w.hash, w.updated_at, {}, \
         (select {groups} from above a cross join tenant_groups g \
         where g.tenant_id = a.tenant_id and g.id = a.id), \
         (select {roles} from held h cross join roles r \
         where r.tenant_id = h.tenant_id and r.id = h.id), \
         (select {permissions} from held h cross join role_permissions p \
         where p.tenant_id = h.tenant_id and p.role_id = h.id) \
         from tenants t \
         left join clients c on c.tenant_id = t.id and c.id = ? \
         left join policy_activations pa on pa.tenant_id = t.id \
         left join policies y on y.tenant_id = pa.tenant_id and y.id = pa.active_id \
         left join users u on u.tenant_id = t.id and u.{column} = ? \
         left join credentials w \
         on w.tenant_id = u.tenant_id and w.user_id = u.id and w.kind = 'password' \
         left join credentials o \
         on o.tenant_id = u.tenant_id and o.user_id = u.id and o.kind = 'totp' \
         where t.name = ?",
        tenant::COLUMNS,
        client::COLUMNS,
        user::COLUMNS,
        second_factor::COLUMNS,
    )
}

#[async_trait(?Send)]
impl<T: SqlTransport> PrincipalRepository for SqlStorage<T> {
    async fn find_by_username(
        &self,
        tenant: &TenantName,
        username: &Username,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        let sql = find(self.dialect(), "username_key");
        let query = query(sql, tenant, &username.key().into(), client);
        let found = self.find(query, read_login).await?;
        Ok(found.unwrap_or_default())
    }

    async fn find_by_api_key(
        &self,
        id: &ApiKeyId,
    ) -> Result<Option<(Tenant, ApiKey)>, StorageError> {
        let query = Statement::new(format!(
            "select {}, {} from api_keys k cross join tenants t \
             where k.id = ? and t.id = k.tenant_id",
            tenant::COLUMNS,
            api_key::COLUMNS
        ));
        let read = |row: &mut Row| Ok((tenant::read(row)?, api_key::read(row)?));
        self.find(query.bind(id), read).await
    }

    async fn find_by_client(
        &self,
        client: &ClientId,
    ) -> Result<Option<(Tenant, Client)>, StorageError> {
        let query = Statement::new(format!(
            "select {}, {} from clients c cross join tenants t \
             where c.id = ? and t.id = c.tenant_id",
            tenant::COLUMNS,
            client::COLUMNS
        ));
        let read = |row: &mut Row| Ok((tenant::read(row)?, client::read(row)?));
        self.find(query.bind(client), read).await
    }

    async fn lookup(
        &self,
        tenant: &TenantName,
        user: &UserId,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        let query = query(find(self.dialect(), "id"), tenant, &user.into(), client);
        let found = self.find(query, read_login).await?;
        Ok(found.unwrap_or_default())
    }
}

fn query(sql: String, tenant: &TenantName, user: &Value, client: &ClientId) -> Statement {
    Statement::new(sql)
        .bind(tenant)
        .bind(user.clone())
        .bind(client)
        .bind(user.clone())
        .bind(tenant)
}

fn read_login(row: &mut Row) -> Result<LoginRecord, StorageError> {
    let tenant = tenant::read(row)?;
    Ok(LoginRecord {
        client: row.optional(client::WIDTH, client::read)?,
        principal: read(row, &tenant)?,
        tenant: Some(tenant),
    })
}

/// Reads the policy, and the user with credentials, groups, roles and permissions.
fn read(row: &mut Row, tenant: &Tenant) -> Result<Option<Principal>, StorageError> {
    let policy = row.optional(3, read_policy)?;
    let Some(user) = row.optional(user::WIDTH, user::read)? else {
        return Ok(None);
    };
    Ok(Some(Principal {
        tenant: tenant.clone(),
        user,
        password: row.optional(credential::WIDTH, credential::read)?,
        totp: row.optional(second_factor::WIDTH, second_factor::read)?,
        groups: paths(&row.of("tenant_groups").json_or_default::<Vec<_>>("name")?),
        roles: row.of("roles").set("name")?,
        permissions: row.of("role_permissions").set("permission")?,
        policy,
    }))
}

fn read_policy(row: &mut Row) -> Result<ActivePolicy, StorageError> {
    let mut row = row.of("policies");
    Ok(ActivePolicy {
        id: row.parsed("id")?,
        number: row.integer("number")?,
        source: row.text("source")?,
    })
}

/// A group: its id, its parent's, its name, and whether the user is in it directly.
type GroupRow = (String, Option<String>, String, i64);

/// The paths of the groups that the user is in directly, sorted.
fn paths(groups: &[GroupRow]) -> Vec<String> {
    let by_id: BTreeMap<_, _> = groups.iter().map(|group| (&group.0, group)).collect();
    let path = |group: &GroupRow| {
        let mut names = vec![group.2.as_str()];
        let mut parent = &group.1;
        while let Some(above) = parent.as_ref().and_then(|id| by_id.get(id)) {
            // More names than groups would be a cycle.
            if names.len() >= by_id.len() {
                break;
            }
            names.push(&above.2);
            parent = &above.1;
        }
        names.reverse();
        names.join("/")
    };
    let direct = groups.iter().filter(|group| group.3 == 1);
    let paths: BTreeSet<_> = direct.map(path).collect();
    paths.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{GroupRow, paths};

    fn row(id: &str, parent: Option<&str>, direct: i64) -> GroupRow {
        let parent = parent.map(str::to_owned);
        (id.to_owned(), parent, format!("g{id}"), direct)
    }

    #[test]
    fn a_path_goes_from_the_top_to_the_group() {
        let groups = [
            row("3", Some("2"), 1),
            row("2", Some("1"), 0),
            row("1", None, 1),
            row("1", None, 0),
        ];
        assert_eq!(paths(&groups), ["g1", "g1/g2/g3"]);
        assert_eq!(paths(&[]), [""; 0]);
    }

    #[test]
    fn groups_in_a_circle_have_an_end() {
        let groups = [row("1", Some("2"), 1), row("2", Some("1"), 0)];
        assert_eq!(paths(&groups), ["g2/g1"]);
    }
}
