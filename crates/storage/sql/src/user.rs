use async_trait::async_trait;
use iam_model::{Email, PasswordCredential, TenantId, Timestamp, User, UserId, Username};
use iam_storage_ports::{Change, Listing, NewUser, Page, StorageError, UserFilter, UserRepository};

use crate::{
    Dialect, Row, SqlError, SqlTransport, Statement, audit, credential, filter::Filter, import,
    storage::SqlTenant, user_parts,
};

/// The columns that [`read`] reads.
pub(crate) const COLUMNS: &str =
    "u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at";

/// How many they are.
pub(crate) const WIDTH: usize = 7;

const ADD: &str = "\
    insert into users (tenant_id, id, username, username_key, status, details, version, \
    created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)";

const CHANGE: &str = "\
    update users set username = ?, username_key = ?, status = ?, details = ?, \
    version = version + 1, updated_at = ? where tenant_id = ? and id = ? and version = ?";

const REMOVE: &str = "delete from users where tenant_id = ? and id = ? and version = ?";

const DELETED_BEFORE: &str = "\
    select id from users where tenant_id = ? and status = 'deleted' and updated_at < ? \
    order by id limit ?";

#[async_trait(?Send)]
impl<T: SqlTransport> UserRepository for SqlTenant<'_, T> {
    async fn lookup(&self, id: &UserId) -> Result<Option<User>, StorageError> {
        self.storage.find(lookup(&self.id, id), read).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let sql =
            format!("select {COLUMNS} from users u where u.tenant_id = ? and u.username_key = ?");
        let query = Statement::new(sql).bind(&self.id).bind(username.key());
        self.storage.find(query, read).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<User>, StorageError> {
        let sql = format!(
            "select {COLUMNS} from user_emails e cross join users u \
             where e.tenant_id = ? and e.email_key = ? \
             and u.tenant_id = e.tenant_id and u.id = e.user_id"
        );
        let query = Statement::new(sql).bind(&self.id).bind(email.key());
        self.storage.find(query, read).await
    }

    async fn list(&self, filter: &UserFilter, page: &Page) -> Result<Listing<User>, StorageError> {
        let query = list(self.storage.dialect(), &self.id, filter, page);
        let key = |user: &User| user.id.to_string();
        self.storage.list(query, page, read, key).await
    }

    async fn add(
        &self,
        user: &User,
        password: Option<&PasswordCredential>,
        change: &Change,
    ) -> Result<(), StorageError> {
        let mut unit = vec![add(&self.id, user)?];
        unit.extend(user_parts::add(self.storage.dialect(), &self.id, user)?);
        unit.extend(password.map(|password| credential::add(&self.id, password)));
        Ok(self.storage.write(unit, change).await?)
    }

    async fn add_all(&self, users: &[NewUser]) -> Result<Vec<bool>, StorageError> {
        import::run(self.storage, &self.id, users).await
    }

    async fn change(&self, user: User, change: &Change) -> Result<User, StorageError> {
        let unit = change_unit(self.storage.dialect(), &self.id, &user)?;
        let query = lookup(&self.id, &user.id);
        let changed = self.storage.write_and_read(unit, change, query);
        read(&mut changed.await?)
    }

    async fn change_password(
        &self,
        user: User,
        password: &PasswordCredential,
        change: &Change,
    ) -> Result<User, StorageError> {
        let mut unit = change_unit(self.storage.dialect(), &self.id, &user)?;
        unit.push(credential::remove_password(&self.id, &user.id));
        unit.push(credential::add(&self.id, password));
        let query = lookup(&self.id, &user.id);
        let changed = self.storage.write_and_read(unit, change, query);
        read(&mut changed.await?)
    }

    async fn remove(&self, user: &User, change: &Change) -> Result<(), StorageError> {
        let mut unit = user_parts::remove_all(&self.id, &user.id);
        unit.extend(audit::erase_origins(&self.id, &user.id));
        let statement = Statement::new(REMOVE)
            .bind(&self.id)
            .bind(&user.id)
            .bind(user.version);
        unit.push(statement.exactly(1));
        Ok(self.storage.write(unit, change).await?)
    }

    async fn deleted_before(
        &self,
        before: Timestamp,
        limit: u16,
    ) -> Result<Vec<UserId>, StorageError> {
        let query = Statement::new(DELETED_BEFORE)
            .bind(&self.id)
            .bind(before)
            .bind(i64::from(limit));
        let read = |row: &mut Row| row.of("users").parsed("id");
        self.storage.all(query, read).await
    }
}

fn lookup(tenant: &TenantId, id: &UserId) -> Statement {
    let sql = format!("select {COLUMNS} from users u where u.tenant_id = ? and u.id = ?");
    Statement::new(sql).bind(tenant).bind(id)
}

fn list(dialect: Dialect, tenant: &TenantId, filter: &UserFilter, page: &Page) -> Statement {
    let (condition, status) = match &filter.status {
        Some(status) => ("u.status = ?", status.into()),
        None => ("u.status <> ?", "deleted".into()),
    };
    let mut query = Filter::new("users", "u", "id")
        .of(tenant)
        .and(condition, [status])
        .begins_indexed("u.username_key", filter.username_prefix.as_deref());
    if let Some((name, text)) = &filter.attribute {
        let (condition, parameters) =
            dialect
                .syntax()
                .json_member(("u.details", "attributes"), name, text);
        query = query.and(&condition, parameters);
    }
    user_parts::narrow(query, tenant, filter).page(COLUMNS, page)
}

fn add(tenant: &TenantId, user: &User) -> Result<Statement, SqlError> {
    let statement = Statement::new(ADD)
        .bind(tenant)
        .bind(&user.id)
        .bind(user.username.as_str())
        .bind(user.username.key())
        .bind(&user.status)
        .bind_json(&user.details)?;
    Ok(statement
        .bind(user.version)
        .bind(user.created_at)
        .bind(user.updated_at))
}

/// Changes the user and the tables around it.
fn change_unit(
    dialect: Dialect,
    tenant: &TenantId,
    user: &User,
) -> Result<Vec<Statement>, SqlError> {
    let statement = Statement::new(CHANGE)
        .bind(user.username.as_str())
        .bind(user.username.key())
        .bind(&user.status)
        .bind_json(&user.details)?
        .bind(user.updated_at)
        .bind(tenant)
        .bind(&user.id)
        .bind(user.version);
    let mut unit = vec![statement.exactly(1)];
    unit.extend(user_parts::remove_names(tenant, &user.id));
    unit.extend(user_parts::add(dialect, tenant, user)?);
    Ok(unit)
}

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &mut Row) -> Result<User, StorageError> {
    let mut row = row.of("users");
    Ok(User {
        id: row.parsed("id")?,
        username: row.parsed("username")?,
        status: row.parsed("status")?,
        details: row.json_or_default("details")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
