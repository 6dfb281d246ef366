use async_trait::async_trait;
use iam_model::{CodePurpose, OneTimeCode, OneTimeCodeDigest, TenantId, Timestamp, UserId};
use iam_storage_ports::{Change, OneTimeCodeRepository, StorageError};

use crate::{
    collection::Collection,
    command::Filter,
    document::{Document, id},
    storage::MongoTenant,
    unit::Unit,
};

const OWN: Collection = Collection::OneTimeCodes;

#[async_trait(?Send)]
impl OneTimeCodeRepository for MongoTenant<'_> {
    async fn issue(&self, change: &Change) -> Result<(), StorageError> {
        self.storage.write(change, Vec::new(), |_| Ok(())).await
    }

    async fn find_by_digest(
        &self,
        purpose: CodePurpose,
        digest: &OneTimeCodeDigest,
        now: Timestamp,
    ) -> Result<Option<OneTimeCode>, StorageError> {
        let query = self.lookup(OWN, digest.as_str());
        let found = self.storage.find(query, read).await?;
        Ok(found.filter(|code| code.purpose == purpose && code.expires_at > now))
    }

    async fn count(
        &self,
        user: &UserId,
        purpose: CodePurpose,
        since: Timestamp,
    ) -> Result<u64, StorageError> {
        let filter = same(self.id, *user, purpose);
        let filter = filter.between("created_at", Some(since.as_millis()), None);
        self.storage.count(OWN, filter).await
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError> {
        // At `now` it has expired.
        let end = now.as_millis().saturating_add(1);
        let old = self.own().between("expires_at", None, Some(end));
        self.storage.purge(OWN, old).await
    }
}

/// The codes of a user for one purpose.
pub(crate) fn same(tenant: TenantId, user: UserId, purpose: CodePurpose) -> Filter {
    Filter::of(tenant)
        .has("user_id", user)
        .has("purpose", purpose)
}

/// Takes a code, if it is still there, and with it all others that do the same.
pub(crate) fn spend(
    unit: &mut Unit,
    tenant: TenantId,
    code: &OneTimeCode,
) -> Result<(), StorageError> {
    let spent = id(tenant, code.digest.as_str());
    if !unit.has(OWN, &spent) {
        return Err(StorageError::Stale);
    }
    unit.remove(OWN, &spent);
    let user = code.user_id.to_string();
    let own = tenant.to_string();
    for other in unit.ids_where(OWN, |document| {
        document.has_text("tenant_id", &own)
            && document.has_text("user_id", &user)
            && document.has_text("purpose", code.purpose.as_str())
    }) {
        unit.remove(OWN, &other);
    }
    Ok(())
}

pub(crate) fn document(tenant: TenantId, code: &OneTimeCode) -> Document {
    Document::of_tenant(tenant, code.digest.as_str())
        .text("digest", code.digest.as_str())
        .text("purpose", code.purpose)
        .text("user_id", code.user_id)
        .text_or_null("address", code.address.as_deref())
        .time("expires_at", code.expires_at)
        .time("created_at", code.created_at)
}

fn read(document: &Document) -> Result<OneTimeCode, StorageError> {
    let fields = document.read(OWN);
    Ok(OneTimeCode {
        digest: fields.parsed("digest")?,
        purpose: fields.parsed("purpose")?,
        user_id: fields.parsed("user_id")?,
        address: fields.parsed_or_null("address")?,
        expires_at: fields.time("expires_at")?,
        created_at: fields.time("created_at")?,
    })
}
