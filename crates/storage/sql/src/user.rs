use async_trait::async_trait;
use iam_model::{PasswordCredential, TenantId, Timestamp, User, UserId, UserStatus, Username};
use iam_storage_ports::{StorageError, UserRepository};

use crate::{Row, SqlTransport, Statement, credential, storage::SqlTenant};

const LOOKUP: &str = "\
    select id, username, status, version, created_at, updated_at \
    from users where tenant_id = ? and id = ?";

const FIND_BY_USERNAME: &str = "\
    select id, username, status, version, created_at, updated_at \
    from users where tenant_id = ? and username_key = ?";

const ADD: &str = "\
    insert into users \
    (tenant_id, id, username, username_key, status, version, created_at, updated_at) \
    values (?, ?, ?, ?, ?, ?, ?, ?)";

const CHANGE_STATUS: &str = "\
    update users set status = ?, version = version + 1, updated_at = ? \
    where tenant_id = ? and id = ? and version = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> UserRepository for SqlTenant<'_, T> {
    async fn lookup(&self, id: &UserId) -> Result<Option<User>, StorageError> {
        let query = Statement::new(LOOKUP).bind(&self.id).bind(id);
        self.storage.find(query, read).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let query = Statement::new(FIND_BY_USERNAME)
            .bind(&self.id)
            .bind(username.key());
        self.storage.find(query, read).await
    }

    async fn add(&self, user: &User) -> Result<(), StorageError> {
        self.storage.write(&[add(&self.id, user)]).await
    }

    async fn enroll(&self, user: &User, password: &PasswordCredential) -> Result<(), StorageError> {
        let unit = [add(&self.id, user), credential::add(&self.id, password)];
        self.storage.write(&unit).await
    }

    async fn change_status(
        &self,
        user: User,
        status: UserStatus,
        now: Timestamp,
    ) -> Result<User, StorageError> {
        let statement = Statement::new(CHANGE_STATUS)
            .bind(&status)
            .bind(now)
            .bind(&self.id)
            .bind(&user.id)
            .bind(user.version)
            .exactly(1);
        self.storage.write(&[statement]).await?;
        Ok(User {
            status,
            version: user.version + 1,
            updated_at: now,
            ..user
        })
    }
}

fn add(tenant: &TenantId, user: &User) -> Statement {
    Statement::new(ADD)
        .bind(tenant)
        .bind(&user.id)
        .bind(user.username.as_str())
        .bind(user.username.key())
        .bind(&user.status)
        .bind(user.version)
        .bind(user.created_at)
        .bind(user.updated_at)
}

/// How many columns [`read`] reads.
pub(crate) const WIDTH: usize = 6;

/// Reads `id, username, status, version, created_at, updated_at`.
pub(crate) fn read(row: &mut Row) -> Result<User, StorageError> {
    let mut row = row.of("users");
    Ok(User {
        id: row.parsed("id")?,
        username: row.parsed("username")?,
        status: row.parsed("status")?,
        version: row.integer("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
