use async_trait::async_trait;
use iam_model::Timestamp;
use iam_storage_ports::{IdempotencyRecord, IdempotencyRepository, StorageError};

use crate::{storage::MemoryTenant, table};

#[async_trait(?Send)]
impl IdempotencyRepository for MemoryTenant<'_> {
    async fn find_by_key(&self, key: &str) -> Result<Option<IdempotencyRecord>, StorageError> {
        Ok(self.read().idempotency.get(key).cloned())
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, StorageError> {
        let is_old = |record: &IdempotencyRecord| record.created_at < before;
        let old = self
            .read()
            .idempotency
            .values()
            .filter(|r| is_old(r))
            .count();
        if old > 0 {
            self.storage.unit(|tables| {
                tables.write(self.id, |own| {
                    own.idempotency.retain(|_, record| !is_old(record));
                    Ok(())
                })
            })?;
        }
        Ok(table::number(old))
    }
}
