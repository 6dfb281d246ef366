use async_trait::async_trait;
use iam_model::{
    CredentialKind, CredentialSummary, PasswordCredential, PasswordHash, RecoveryCodeDigest,
    RecoveryCodes, Sealed, TenantId, TotpCredential, UserId,
};
use iam_storage_ports::{Change, CredentialRepository, Listing, Page, StorageError};

use crate::{Row, SqlError, SqlTransport, Statement, second_factor, storage::SqlTenant};

const FIND_BY_USER: &str = "\
    select id, user_id, hash, updated_at \
    from credentials where tenant_id = ? and user_id = ? and kind = 'password'";

// A set of which every code was used is not there any more.
const LIST: &str = "\
    select c.id, c.kind, c.updated_at from credentials c \
    where c.tenant_id = ? and c.user_id = ? and (c.kind <> 'recovery_codes' or exists (\
    select 1 from recovery_codes r where r.tenant_id = c.tenant_id and r.user_id = c.user_id))";

const ADD: &str = "\
    insert into credentials (tenant_id, id, user_id, kind, hash, updated_at) \
    values (?, ?, ?, 'password', ?, ?)";

// A hash has its own salt in it, so that it is still the same means that nobody set another.
const REHASH: &str = "\
    update credentials set hash = ? \
    where tenant_id = ? and id = ? and kind = 'password' and hash = ?";

const REMOVE: &str = "\
    delete from credentials where tenant_id = ? and id = ? and user_id = ? and kind = ?";

const REMOVE_PASSWORD: &str = "\
    delete from credentials where tenant_id = ? and user_id = ? and kind = 'password'";

#[async_trait(?Send)]
impl<T: SqlTransport> CredentialRepository for SqlTenant<'_, T> {
    async fn find_by_user(
        &self,
        user: &UserId,
    ) -> Result<Option<PasswordCredential>, StorageError> {
        let query = Statement::new(FIND_BY_USER).bind(&self.id).bind(user);
        self.storage.find(query, read).await
    }

    async fn list(&self, user: &UserId) -> Result<Vec<CredentialSummary>, StorageError> {
        let query = Statement::new(LIST).bind(&self.id).bind(user);
        let mut all = self.storage.all(query, read_summary).await?;
        // Not by the database, which would read the tenant's credentials in this order.
        all.sort_by_key(|credential| credential.id);
        Ok(all)
    }

    async fn rehash(
        &self,
        credential: &PasswordCredential,
        hash: &PasswordHash,
    ) -> Result<(), StorageError> {
        let statement = Statement::new(REHASH)
            .bind(hash)
            .bind(&self.id)
            .bind(&credential.id)
            .bind(&credential.hash)
            .exactly(1);
        self.storage.run(&[statement]).await?;
        Ok(())
    }

    async fn enroll_totp(
        &self,
        totp: &TotpCredential,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError> {
        let mut unit = second_factor::remove_all(&self.id, &totp.user_id);
        unit.push(second_factor::add(&self.id, totp));
        unit.extend(second_factor::add_codes(
            self.storage.dialect(),
            &self.id,
            codes,
        )?);
        Ok(self.storage.write(unit, change).await?)
    }

    async fn accept_totp_step(&self, totp: &TotpCredential, step: i64) -> Result<(), StorageError> {
        let statement = second_factor::accept_step(&self.id, totp, step);
        self.storage.run(&[statement]).await?;
        Ok(())
    }

    async fn take_recovery_code(
        &self,
        user: &UserId,
        code: &RecoveryCodeDigest,
        change: &Change,
    ) -> Result<bool, StorageError> {
        let taken = vec![second_factor::take_code(&self.id, user, code)];
        match self.storage.write(taken, change).await {
            Ok(()) => Ok(true),
            Err(SqlError::Guard) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn replace_recovery_codes(
        &self,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError> {
        let mut unit = second_factor::remove_codes(&self.id, &codes.user_id);
        unit.extend(second_factor::add_codes(
            self.storage.dialect(),
            &self.id,
            codes,
        )?);
        self.write_found(unit, change).await
    }

    async fn count_recovery_codes(&self, user: &UserId) -> Result<u64, StorageError> {
        let query = second_factor::count_codes(&self.id, user);
        let count = self.storage.find(query, second_factor::read_count).await?;
        Ok(count.unwrap_or_default())
    }

    async fn list_sealed_otherwise(
        &self,
        prefix: &str,
        page: &Page,
    ) -> Result<Listing<TotpCredential>, StorageError> {
        let query = second_factor::sealed_otherwise(&self.id, prefix, page);
        let key = |totp: &TotpCredential| totp.id.to_string();
        self.storage
            .list(query, page, second_factor::read, key)
            .await
    }

    async fn reseal(&self, resealed: &[(TotpCredential, Sealed)]) -> Result<(), StorageError> {
        let reseal = |(totp, secret): &(_, _)| second_factor::reseal(&self.id, totp, secret);
        let unit: Vec<_> = resealed.iter().map(reseal).collect();
        self.storage.run(&unit).await?;
        Ok(())
    }

    async fn remove(
        &self,
        user: &UserId,
        credential: &CredentialSummary,
        change: &Change,
    ) -> Result<(), StorageError> {
        let mut unit = match credential.kind {
            CredentialKind::Passkey | CredentialKind::Password => Vec::new(),
            CredentialKind::RecoveryCodes => vec![second_factor::forget_codes(&self.id, user)],
            CredentialKind::Totp => second_factor::remove_codes(&self.id, user),
        };
        let statement = Statement::new(REMOVE)
            .bind(&self.id)
            .bind(&credential.id)
            .bind(user)
            .bind(credential.kind.as_str());
        unit.push(statement.exactly(1));
        self.write_found(unit, change).await
    }
}

impl<T: SqlTransport> SqlTenant<'_, T> {
    /// Runs a unit of work whose guards fail if what it is about is not there.
    async fn write_found(&self, unit: Vec<Statement>, change: &Change) -> Result<(), StorageError> {
        match self.storage.write(unit, change).await {
            Err(SqlError::Guard) => Err(StorageError::NotFound),
            other => Ok(other?),
        }
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

/// Removes the password that the user has, if any.
pub(crate) fn remove_password(tenant: &TenantId, user: &UserId) -> Statement {
    Statement::new(REMOVE_PASSWORD).bind(tenant).bind(user)
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

/// Reads `id, kind, updated_at`.
fn read_summary(row: &mut Row) -> Result<CredentialSummary, StorageError> {
    let mut row = row.of("credentials");
    Ok(CredentialSummary {
        id: row.parsed("id")?,
        kind: row.parsed("kind")?,
        updated_at: row.time("updated_at")?,
    })
}
