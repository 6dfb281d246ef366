use async_trait::async_trait;
use iam_model::{ApiKey, ApiKeyId, Timestamp};
use iam_storage_ports::{ApiKeyRepository, Change, Listing, Page, StorageError};

use crate::{
    collection::Collection,
    command::{Command, Filter},
    document::Document,
    storage::MongoTenant,
    unit::{Query, Unit},
    versioned::current,
};

const OWN: Collection = Collection::ApiKeys;

#[async_trait(?Send)]
impl ApiKeyRepository for MongoTenant<'_> {
    async fn lookup(&self, id: &ApiKeyId) -> Result<Option<ApiKey>, StorageError> {
        let filter = self.own().has("_id", id);
        let command = Command::find(OWN.name(), filter).limit(1);
        self.storage.find(Query::new(OWN, command), read).await
    }

    async fn list(&self, page: &Page) -> Result<Listing<ApiKey>, StorageError> {
        let key = |key: &ApiKey| key.id.to_string();
        self.storage
            .list(OWN, (self.own(), "id", page), read, key)
            .await
    }

    async fn add(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError> {
        // An id is unique in the installation, so it is what the document is found by.
        let id = key.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            let new = Document::new(&id).text("tenant_id", self.id);
            unit.add(OWN, document(new, key)?)
        })
        .await
    }

    async fn change(&self, key: ApiKey, change: &Change) -> Result<ApiKey, StorageError> {
        let id = key.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            let before = self.own_key(unit, &key)?.clone();
            let kept = read(&before)?;
            let after = ApiKey {
                digest: kept.digest,
                created_at: kept.created_at,
                version: kept.version + 1,
                ..key.clone()
            };
            let after = document(before, &after)?;
            let key = read(&after)?;
            unit.put(OWN, after);
            Ok(key)
        })
        .await
    }

    async fn remove(&self, key: &ApiKey, change: &Change) -> Result<(), StorageError> {
        let id = key.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            self.own_key(unit, key)?;
            unit.remove(OWN, &id);
            Ok(())
        })
        .await
    }
}

impl MongoTenant<'_> {
    fn own_key<'u>(&self, unit: &'u Unit, key: &ApiKey) -> Result<&'u Document, StorageError> {
        let stored = current(unit, OWN, &key.id.to_string(), key.version)?;
        let is_own = stored.has_text("tenant_id", &self.id.to_string());
        Some(stored).filter(|_| is_own).ok_or(StorageError::Stale)
    }
}

/// The key with this id, whosever it is.
pub(crate) fn with_id(id: &ApiKeyId) -> Command {
    Command::find(OWN.name(), Filter::id(&id.to_string())).limit(1)
}

/// `before` with all that `key` is.
fn document(before: Document, key: &ApiKey) -> Result<Document, StorageError> {
    let mut permissions = key.permissions.clone();
    permissions.sort();
    permissions.dedup();
    before
        .text("id", key.id)
        .text("name", &key.name)
        .text("digest", key.digest.as_str())
        .integer_or_null("expires_at", key.expires_at.map(Timestamp::as_millis))
        .integer_or_null("revoked_at", key.revoked_at.map(Timestamp::as_millis))
        .integer("version", key.version)
        .time("created_at", key.created_at)
        .time("updated_at", key.updated_at)
        .json("permissions", &permissions)
}

pub(crate) fn read(document: &Document) -> Result<ApiKey, StorageError> {
    let fields = document.read(OWN);
    Ok(ApiKey {
        id: fields.parsed("id")?,
        name: fields.parsed("name")?,
        digest: fields.parsed("digest")?,
        permissions: fields.json("permissions")?,
        expires_at: fields.time_or_null("expires_at")?,
        revoked_at: fields.time_or_null("revoked_at")?,
        version: fields.integer("version")?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
    })
}
