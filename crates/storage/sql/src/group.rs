use async_trait::async_trait;
use iam_model::{Group, GroupId, GroupName, TenantId, UserId};
use iam_storage_ports::{Change, GroupFilter, GroupRepository, Listing, Page, StorageError};

use crate::{Row, SqlError, SqlTransport, Statement, Value, filter::Filter, storage::SqlTenant};

/// The columns that [`read`] reads.
const COLUMNS: &str = "\
    g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at";

const ADD: &str = "\
    insert into tenant_groups (tenant_id, id, name, description, parent_id, version, created_at, \
    updated_at) values (?, ?, ?, ?, ?, ?, ?, ?)";

// The second condition: the group is not its new parent, nor above it.
const CHANGE: &str = "\
    update tenant_groups set name = ?, description = ?, parent_id = ?, version = version + 1, \
    updated_at = ? where tenant_id = ? and id = ? and version = ? and not exists (\
    with recursive above(tenant_id, id) as (\
    select tenant_id, id from tenant_groups where tenant_id = ? and id = ? \
    union select a.tenant_id, g.parent_id from above a cross join tenant_groups g \
    where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null) \
    select 1 from above a where a.id = ?)";

const REMOVE_MEMBERS: &str = "delete from group_members where tenant_id = ? and group_id = ?";

const REMOVE_ROLES: &str = "delete from group_roles where tenant_id = ? and group_id = ?";

const REMOVE: &str = "delete from tenant_groups where tenant_id = ? and id = ? and version = ?";

const ADD_MEMBER: &str = "\
    insert into group_members (tenant_id, group_id, user_id) \
    select t.id, ?, ? from tenants t where t.id = ? and not exists (\
    select 1 from group_members m where m.tenant_id = ? and m.user_id = ? and m.group_id = ?)";

const REMOVE_MEMBER: &str = "\
    delete from group_members where tenant_id = ? and user_id = ? and group_id = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> GroupRepository for SqlTenant<'_, T> {
    async fn lookup(&self, id: &GroupId) -> Result<Option<Group>, StorageError> {
        self.storage.find(lookup(&self.id, id), read).await
    }

    async fn find_by_name(&self, name: &GroupName) -> Result<Option<Group>, StorageError> {
        let sql =
            format!("select {COLUMNS} from tenant_groups g where g.tenant_id = ? and g.name = ?");
        let query = Statement::new(sql).bind(&self.id).bind(name);
        self.storage.find(query, read).await
    }

    async fn list(
        &self,
        filter: &GroupFilter,
        page: &Page,
    ) -> Result<Listing<Group>, StorageError> {
        let query = list(&self.id, filter, page);
        let key = |group: &Group| group.id.to_string();
        self.storage.list(query, page, read, key).await
    }

    async fn add(&self, group: &Group, change: &Change) -> Result<(), StorageError> {
        // A foreign key would let it be its own parent.
        if group.parent == Some(group.id) {
            return Err(StorageError::NotFound);
        }
        let unit = add_rows(&self.id, group);
        Ok(self.storage.write(unit, change).await?)
    }

    async fn change(&self, group: Group, change: &Change) -> Result<Group, StorageError> {
        let unit = vec![change_row(&self.id, &group)];
        let query = lookup(&self.id, &group.id);
        match self.storage.write_and_read(unit, change, query).await {
            Err(SqlError::Guard) => {
                let now = GroupRepository::lookup(self, &group.id).await?;
                Err(match now {
                    Some(now) if now.version == group.version => StorageError::Cycle,
                    _ => StorageError::Stale,
                })
            }
            other => read(&mut other?),
        }
    }

    async fn remove(&self, group: &Group, change: &Change) -> Result<(), StorageError> {
        let own = |sql| Statement::new(sql).bind(&self.id).bind(&group.id);
        let unit = vec![
            own(REMOVE_MEMBERS),
            own(REMOVE_ROLES),
            own(REMOVE).bind(group.version).exactly(1),
        ];
        match self.storage.write(unit, change).await {
            // Of what could refer to it, the groups in it are left.
            Err(SqlError::ForeignKey) => Err(StorageError::InUse),
            other => Ok(other?),
        }
    }

    async fn add_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError> {
        let statement = Statement::new(ADD_MEMBER)
            .bind(group)
            .bind(user)
            .bind(&self.id)
            .bind(&self.id)
            .bind(user)
            .bind(group);
        Ok(self.storage.write(vec![statement], change).await?)
    }

    async fn remove_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError> {
        let statement = Statement::new(REMOVE_MEMBER)
            .bind(&self.id)
            .bind(user)
            .bind(group);
        Ok(self.storage.write(vec![statement], change).await?)
    }
}

fn lookup(tenant: &TenantId, id: &GroupId) -> Statement {
    let sql = format!("select {COLUMNS} from tenant_groups g where g.tenant_id = ? and g.id = ?");
    Statement::new(sql).bind(tenant).bind(id)
}

fn list(tenant: &TenantId, filter: &GroupFilter, page: &Page) -> Statement {
    let query = Filter::new("tenant_groups", "g", "id")
        .of(tenant)
        .begins_indexed("g.name", filter.name_prefix.as_deref())
        .and_if("g.parent_id = ?", filter.parent.as_ref());
    let query = match &filter.member {
        Some(user) => query.through(
            ("group_members", "group_id"),
            "x.tenant_id = ? and x.user_id = ?",
            [Value::from(tenant), user.into()],
        ),
        None => query,
    };
    query.page(COLUMNS, page)
}

/// A group that is in another is put there by a change. `MySQL` 9.7 does not look for the row that a
/// new one refers to in its own table, if the two have a column in common; at a change it does.
fn add_rows(tenant: &TenantId, group: &Group) -> Vec<Statement> {
    let above = group.parent.map(|_| group.version - 1);
    let added = Statement::new(ADD)
        .bind(tenant)
        .bind(&group.id)
        .bind(&group.name)
        .bind(&group.description)
        .bind(Value::Null)
        .bind(above.unwrap_or(group.version))
        .bind(group.created_at)
        .bind(group.updated_at);
    let put = above.map(|version| {
        let group = group.clone();
        change_row(tenant, &Group { version, ..group })
    });
    std::iter::once(added).chain(put).collect()
}

fn change_row(tenant: &TenantId, group: &Group) -> Statement {
    Statement::new(CHANGE)
        .bind(&group.name)
        .bind(&group.description)
        .bind(group.parent.as_ref())
        .bind(group.updated_at)
        .bind(tenant)
        .bind(&group.id)
        .bind(group.version)
        .bind(tenant)
        .bind(group.parent.as_ref())
        .bind(&group.id)
        .exactly(1)
}

/// Reads [`COLUMNS`].
fn read(row: &mut Row) -> Result<Group, StorageError> {
    let mut row = row.of("tenant_groups");
    Ok(Group {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        description: row.parsed("description")?,
        parent: row.parsed_or_null("parent_id")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
