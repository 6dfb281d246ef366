use async_trait::async_trait;
use iam_model::{Permission, Role, RoleId, RoleName, TenantId, UserId};
use iam_storage_ports::{
    Change, Grantee, Holder, Listing, Page, RoleFilter, RoleRepository, StorageError,
};

use crate::{
    Dialect, Row, SqlError, SqlTransport, Statement, Value, filter::Filter, holder, role_parts,
    storage::SqlTenant,
};

/// The columns that [`read`] reads.
fn columns(dialect: Dialect) -> String {
    let permissions = dialect.syntax().json_array("p.permission");
    let includes = dialect.syntax().json_array("i.included_id");
    let assignable = dialect.syntax().json_array("ra.assignable_id");
    format!(
        "r.id, r.name, r.description, \
         (select {permissions} from role_permissions p \
         where p.tenant_id = r.tenant_id and p.role_id = r.id), \
         (select {includes} from role_includes i \
         where i.tenant_id = r.tenant_id and i.role_id = r.id), \
         (select {assignable} from role_assignable ra \
         where ra.tenant_id = r.tenant_id and ra.role_id = r.id), \
         r.version, r.created_at, r.updated_at"
    )
}

const ADD: &str = "\
    insert into roles (tenant_id, id, name, description, version, created_at, updated_at) \
    values (?, ?, ?, ?, ?, ?, ?)";

/// The last condition: the role is none of those that it is to include, nor of those that these
/// include.
fn change(dialect: Dialect) -> String {
    let includes = dialect.syntax().json_texts();
    format!(
        "update roles set name = ?, description = ?, version = version + 1, updated_at = ? \
         where tenant_id = ? and id = ? and version = ? and not exists (\
         with recursive included(id) as (select v.value from {includes} v \
         union select i.included_id from included h cross join role_includes i \
         where i.tenant_id = ? and i.role_id = h.id) \
         select 1 from included h where h.id = ?)"
    )
}

const REMOVE: &str = "delete from roles where tenant_id = ? and id = ? and version = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> RoleRepository for SqlTenant<'_, T> {
    async fn lookup(&self, id: &RoleId) -> Result<Option<Role>, StorageError> {
        self.storage.find(self.role(id), read).await
    }

    async fn find_by_name(&self, name: &RoleName) -> Result<Option<Role>, StorageError> {
        let query = find(self.storage.dialect(), "name");
        let query = query.bind(&self.id).bind(name);
        self.storage.find(query, read).await
    }

    async fn list(&self, filter: &RoleFilter, page: &Page) -> Result<Listing<Role>, StorageError> {
        let query = list(self.storage.dialect(), &self.id, filter, page);
        let key = |role: &Role| role.id.to_string();
        self.storage.list(query, page, read, key).await
    }

    async fn add(&self, role: &Role, change: &Change) -> Result<(), StorageError> {
        // A foreign key would let it name itself.
        if role
            .includes
            .iter()
            .chain(&role.assignable)
            .any(|id| *id == role.id)
        {
            return Err(StorageError::NotFound);
        }
        let mut unit = vec![
            Statement::new(ADD)
                .bind(&self.id)
                .bind(&role.id)
                .bind(&role.name)
                .bind(&role.description)
                .bind(role.version)
                .bind(role.created_at)
                .bind(role.updated_at),
        ];
        unit.extend(role_parts::add(self.storage.dialect(), &self.id, role)?);
        Ok(self.storage.write(unit, change).await?)
    }

    async fn change(&self, role: Role, change: &Change) -> Result<Role, StorageError> {
        let dialect = self.storage.dialect();
        let mut unit = vec![change_row(dialect, &self.id, &role)?];
        unit.extend(role_parts::remove(&self.id, &role.id));
        unit.extend(role_parts::add(dialect, &self.id, &role)?);
        let query = self.role(&role.id);
        match self.storage.write_and_read(unit, change, query).await {
            Err(SqlError::Guard) => {
                let now = RoleRepository::lookup(self, &role.id).await?;
                Err(match now {
                    Some(now) if now.version == role.version => StorageError::Cycle,
                    _ => StorageError::Stale,
                })
            }
            other => read(&mut other?),
        }
    }

    async fn remove(&self, role: &Role, change: &Change) -> Result<(), StorageError> {
        let mut unit = role_parts::take_from_all(&self.id, &role.id);
        unit.extend(role_parts::remove(&self.id, &role.id));
        let statement = Statement::new(REMOVE)
            .bind(&self.id)
            .bind(&role.id)
            .bind(role.version);
        unit.push(statement.exactly(1));
        match self.storage.write(unit, change).await {
            // Of what could refer to it, the roles that name it are left.
            Err(SqlError::ForeignKey) => Err(StorageError::InUse),
            other => Ok(other?),
        }
    }

    async fn assign(
        &self,
        role: &RoleId,
        to: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError> {
        let unit = vec![role_parts::give(&self.id, role, to)];
        Ok(self.storage.write(unit, change).await?)
    }

    async fn unassign(
        &self,
        role: &RoleId,
        from: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError> {
        let unit = vec![role_parts::take(&self.id, role, from)];
        Ok(self.storage.write(unit, change).await?)
    }

    async fn permissions_of(&self, holder: &Holder) -> Result<Vec<Permission>, StorageError> {
        let (with, id): (_, Value) = match holder {
            Holder::Group(id) => (holder::group(), id.into()),
            Holder::Role(id) => (holder::role(), id.into()),
            Holder::User(id) => (holder::user(USER), id.into()),
        };
        let query = Statement::new(format!(
            "{with} select distinct p.permission from held h cross join role_permissions p \
             where p.tenant_id = h.tenant_id and p.role_id = h.id order by p.permission"
        ));
        let query = query.bind(&self.id).bind(id);
        let read = |row: &mut Row| row.of("role_permissions").parsed("permission");
        self.storage.all(query, read).await
    }

    async fn assignable_by(&self, user: &UserId) -> Result<Vec<RoleId>, StorageError> {
        let query = Statement::new(format!(
            "{} select distinct ra.assignable_id from held h cross join role_assignable ra \
             where ra.tenant_id = h.tenant_id and ra.role_id = h.id order by ra.assignable_id",
            holder::user(USER)
        ));
        let query = query.bind(&self.id).bind(user);
        let read = |row: &mut Row| row.of("role_assignable").parsed("assignable_id");
        self.storage.all(query, read).await
    }
}

/// A user as the holder of roles.
const USER: &str = "select tenant_id, id from users where tenant_id = ? and id = ?";

impl<T: SqlTransport> SqlTenant<'_, T> {
    fn role(&self, id: &RoleId) -> Statement {
        find(self.storage.dialect(), "id").bind(&self.id).bind(id)
    }
}

/// The query for the role with a tenant and a `column`, which are the parameters.
fn find(dialect: Dialect, column: &str) -> Statement {
    Statement::new(format!(
        "select {} from roles r where r.tenant_id = ? and r.{column} = ?",
        columns(dialect)
    ))
}

fn list(dialect: Dialect, tenant: &TenantId, filter: &RoleFilter, page: &Page) -> Statement {
    let query = Filter::new("roles", "r", "id")
        .of(tenant)
        .begins_indexed("r.name", filter.name_prefix.as_deref());
    let given = |query: Filter, table, grantee, id| {
        let condition = format!("x.tenant_id = ? and x.{grantee} = ?");
        query.through((table, "role_id"), &condition, [tenant.into(), id])
    };
    let query = match &filter.grantee {
        Some(Grantee::Group(id)) => given(query, "group_roles", "group_id", id.into()),
        Some(Grantee::User(id)) => given(query, "user_roles", "user_id", id.into()),
        None => query,
    };
    query.page(&columns(dialect), page)
}

fn change_row(dialect: Dialect, tenant: &TenantId, role: &Role) -> Result<Statement, SqlError> {
    let statement = Statement::new(change(dialect))
        .bind(&role.name)
        .bind(&role.description)
        .bind(role.updated_at)
        .bind(tenant)
        .bind(&role.id)
        .bind(role.version)
        .bind_json(&role.includes)?
        .bind(tenant)
        .bind(&role.id);
    Ok(statement.exactly(1))
}

/// Reads [`columns`].
fn read(row: &mut Row) -> Result<Role, StorageError> {
    let mut row = row.of("roles");
    Ok(Role {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        description: row.parsed("description")?,
        permissions: row.set("permissions")?,
        includes: row.set("includes")?,
        assignable: row.set("assignable")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
