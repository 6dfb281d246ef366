use async_trait::async_trait;
use iam_model::{CodePurpose, OneTimeCode, OneTimeCodeDigest, TenantId, Timestamp, UserId};
use iam_storage_ports::{Change, OneTimeCodeRepository, StorageError};

use crate::{Row, SqlTransport, Statement, storage::SqlTenant};

const ADD: &str = "\
    insert into one_time_codes (tenant_id, digest, purpose, user_id, address, expires_at, \
    created_at) values (?, ?, ?, ?, ?, ?, ?)";

const FIND_BY_DIGEST: &str = "\
    select digest, purpose, user_id, address, expires_at, created_at from one_time_codes \
    where tenant_id = ? and digest = ? and purpose = ? and expires_at > ?";

const SPEND: &str = "delete from one_time_codes where tenant_id = ? and digest = ?";

const REMOVE_OTHERS: &str = "\
    delete from one_time_codes where tenant_id = ? and user_id = ? and purpose = ?";

const COUNT: &str = "\
    select count(*) from one_time_codes \
    where tenant_id = ? and user_id = ? and purpose = ? and created_at >= ?";

const COUNT_EXPIRED: &str = "\
    select count(*) from one_time_codes where tenant_id = ? and expires_at <= ?";

const REMOVE_EXPIRED: &str = "delete from one_time_codes where tenant_id = ? and expires_at <= ?";

#[async_trait(?Send)]
impl<T: SqlTransport> OneTimeCodeRepository for SqlTenant<'_, T> {
    async fn issue(&self, change: &Change) -> Result<(), StorageError> {
        Ok(self.storage.write(Vec::new(), change).await?)
    }

    async fn find_by_digest(
        &self,
        purpose: CodePurpose,
        digest: &OneTimeCodeDigest,
        now: Timestamp,
    ) -> Result<Option<OneTimeCode>, StorageError> {
        let query = Statement::new(FIND_BY_DIGEST)
            .bind(&self.id)
            .bind(digest.as_str())
            .bind(purpose.as_str())
            .bind(now);
        self.storage.find(query, read).await
    }

    async fn count(
        &self,
        user: &UserId,
        purpose: CodePurpose,
        since: Timestamp,
    ) -> Result<u64, StorageError> {
        let query = Statement::new(COUNT)
            .bind(&self.id)
            .bind(user)
            .bind(purpose.as_str())
            .bind(since);
        self.storage.count_of("one_time_codes", &[query]).await
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError> {
        let unit = [COUNT_EXPIRED, REMOVE_EXPIRED];
        let unit = unit.map(|sql| Statement::new(sql).bind(&self.id).bind(now));
        self.storage.count_of("one_time_codes", &unit).await
    }
}

/// Adds a code.
pub(crate) fn add(tenant: &TenantId, code: &OneTimeCode) -> Statement {
    Statement::new(ADD)
        .bind(tenant)
        .bind(code.digest.as_str())
        .bind(code.purpose.as_str())
        .bind(&code.user_id)
        .bind(code.address.as_deref())
        .bind(code.expires_at)
        .bind(code.created_at)
}

/// Takes a code, if it is still there, and with it all others that do the same.
pub(crate) fn spend(tenant: &TenantId, code: &OneTimeCode) -> [Statement; 2] {
    let spent = Statement::new(SPEND)
        .bind(tenant)
        .bind(code.digest.as_str());
    let others = Statement::new(REMOVE_OTHERS)
        .bind(tenant)
        .bind(&code.user_id)
        .bind(code.purpose.as_str());
    [spent.exactly(1), others]
}

fn read(row: &mut Row) -> Result<OneTimeCode, StorageError> {
    let mut row = row.of("one_time_codes");
    Ok(OneTimeCode {
        digest: row.parsed("digest")?,
        purpose: row.parsed("purpose")?,
        user_id: row.parsed("user_id")?,
        address: row.parsed_or_null("address")?,
        expires_at: row.time("expires_at")?,
        created_at: row.time("created_at")?,
    })
}
