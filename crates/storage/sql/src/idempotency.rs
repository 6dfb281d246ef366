use async_trait::async_trait;
use iam_model::Timestamp;
use iam_storage_ports::{IdempotencyRecord, IdempotencyRepository, StorageError};

use crate::{Row, SqlTransport, Statement, storage::SqlTenant};

const FIND_BY_KEY: &str = "\
    select key_digest, fingerprint, target, created_at \
    from idempotency_keys where tenant_id = ? and key_digest = ?";

const COUNT_OLD: &str = "\
    select count(*) from idempotency_keys where tenant_id = ? and created_at < ?";

const REMOVE_OLD: &str = "delete from idempotency_keys where tenant_id = ? and created_at < ?";

#[async_trait(?Send)]
impl<T: SqlTransport> IdempotencyRepository for SqlTenant<'_, T> {
    async fn find_by_key(&self, key: &str) -> Result<Option<IdempotencyRecord>, StorageError> {
        let query = Statement::new(FIND_BY_KEY).bind(&self.id).bind(key);
        self.storage.find(query, read).await
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, StorageError> {
        let unit = [COUNT_OLD, REMOVE_OLD];
        let unit = unit.map(|sql| Statement::new(sql).bind(&self.id).bind(before));
        self.storage.count_of("idempotency_keys", &unit).await
    }
}

/// Reads `key_digest, fingerprint, target, created_at`.
fn read(row: &mut Row) -> Result<IdempotencyRecord, StorageError> {
    let mut row = row.of("idempotency_keys");
    Ok(IdempotencyRecord {
        key: row.text("key_digest")?,
        fingerprint: row.text("fingerprint")?,
        target: row.text("target")?,
        created_at: row.time("created_at")?,
    })
}
