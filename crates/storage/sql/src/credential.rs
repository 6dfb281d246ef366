use async_trait::async_trait;
use iam_model::{PasswordCredential, PasswordHash, TenantId, Timestamp, UserId};
use iam_storage_ports::{CredentialRepository, StorageError};

use crate::{Row, SqlTransport, Statement, storage::SqlTenant};

const FIND_BY_USER: &str = "\
    select id, user_id, hash, updated_at \
    from credentials where tenant_id = ? and user_id = ? and kind = 'password'";

const ADD: &str = "\
    insert into credentials (tenant_id, id, user_id, kind, hash, updated_at) \
    values (?, ?, ?, 'password', ?, ?)";

// A hash has its own salt in it, so that it is still the same means that nobody set another.
const REHASH: &str = "\
    update credentials set hash = ?, updated_at = ? \
    where tenant_id = ? and id = ? and kind = 'password' and hash = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> CredentialRepository for SqlTenant<'_, T> {
    async fn find_by_user(
        &self,
        user: &UserId,
    ) -> Result<Option<PasswordCredential>, StorageError> {
        let query = Statement::new(FIND_BY_USER).bind(&self.id).bind(user);
        self.storage.find(query, read).await
    }

    async fn add(&self, credential: &PasswordCredential) -> Result<(), StorageError> {
        self.storage.write(&[add(&self.id, credential)]).await
    }

    async fn rehash(
        &self,
        credential: &PasswordCredential,
        hash: &PasswordHash,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let statement = Statement::new(REHASH)
            .bind(hash)
            .bind(now)
            .bind(&self.id)
            .bind(&credential.id)
            .bind(&credential.hash)
            .exactly(1);
        self.storage.write(&[statement]).await
    }
}

pub(crate) fn add(tenant: &TenantId, credential: &PasswordCredential) -> Statement {
    Statement::new(ADD)
        .bind(tenant)
        .bind(&credential.id)
        .bind(&credential.user_id)
        .bind(&credential.hash)
        .bind(credential.updated_at)
}

/// How many columns [`read`] reads.
pub(crate) const WIDTH: usize = 4;

/// Reads `id, user_id, hash, updated_at`.
pub(crate) fn read(row: &mut Row) -> Result<PasswordCredential, StorageError> {
    let mut row = row.of("credentials");
    Ok(PasswordCredential {
        id: row.parsed("id")?,
        user_id: row.parsed("user_id")?,
        hash: PasswordHash::new(row.text("hash")?),
        updated_at: row.time("updated_at")?,
    })
}
