use async_trait::async_trait;
use iam_model::{TenantId, Timestamp};
use iam_storage_ports::{IdempotencyRecord, IdempotencyRepository, StorageError};

use crate::{collection::Collection, document::Document, storage::MongoTenant};

const OWN: Collection = Collection::IdempotencyKeys;

#[async_trait(?Send)]
impl IdempotencyRepository for MongoTenant<'_> {
    async fn find_by_key(&self, key: &str) -> Result<Option<IdempotencyRecord>, StorageError> {
        self.storage.find(self.lookup(OWN, key), read).await
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, StorageError> {
        let old = self
            .own()
            .between("created_at", None, Some(before.as_millis()));
        self.storage.purge(OWN, old).await
    }
}

pub(crate) fn document(tenant: TenantId, record: &IdempotencyRecord) -> Document {
    Document::of_tenant(tenant, &record.key)
        .text("key_digest", &record.key)
        .text("fingerprint", &record.fingerprint)
        .text("target", &record.target)
        .time("created_at", record.created_at)
}

fn read(document: &Document) -> Result<IdempotencyRecord, StorageError> {
    let fields = document.read(OWN);
    Ok(IdempotencyRecord {
        key: fields.text("key_digest")?,
        fingerprint: fields.text("fingerprint")?,
        target: fields.text("target")?,
        created_at: fields.time("created_at")?,
    })
}
