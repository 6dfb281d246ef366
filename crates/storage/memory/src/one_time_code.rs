use async_trait::async_trait;
use iam_model::{CodePurpose, OneTimeCode, OneTimeCodeDigest, Timestamp, UserId};
use iam_storage_ports::{Change, OneTimeCodeRepository, StorageError};

use crate::{storage::MemoryTenant, table, tables::TenantTables};

#[async_trait(?Send)]
impl OneTimeCodeRepository for MemoryTenant<'_> {
    async fn issue(&self, change: &Change) -> Result<(), StorageError> {
        self.storage.unit(|tables| tables.record(change))
    }

    async fn find_by_digest(
        &self,
        purpose: CodePurpose,
        digest: &OneTimeCodeDigest,
        now: Timestamp,
    ) -> Result<Option<OneTimeCode>, StorageError> {
        let own = self.read();
        let found = own.one_time_codes.get(digest);
        let usable = |code: &&OneTimeCode| code.purpose == purpose && code.expires_at > now;
        Ok(found.filter(usable).cloned())
    }

    async fn count(
        &self,
        user: &UserId,
        purpose: CodePurpose,
        since: Timestamp,
    ) -> Result<u64, StorageError> {
        let own = self.read();
        let codes = own.one_time_codes.values();
        let codes = codes.filter(|code| is_of(code, *user, purpose) && code.created_at >= since);
        Ok(table::number(codes.count()))
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StorageError> {
        let is_old = |code: &OneTimeCode| code.expires_at <= now;
        let own = self.read();
        let old = own.one_time_codes.values().filter(|code| is_old(code));
        let old = old.count();
        if old > 0 {
            self.storage.unit(|tables| {
                tables.write(self.id, |own| {
                    own.one_time_codes.retain(|_, code| !is_old(code));
                    Ok(())
                })
            })?;
        }
        Ok(table::number(old))
    }
}

impl TenantTables {
    pub(crate) fn issue(&mut self, code: &OneTimeCode) -> Result<(), StorageError> {
        table::exists(self.users.contains_key(&code.user_id))?;
        table::add(&mut self.one_time_codes, code.digest.clone(), code)
    }

    pub(crate) fn spend(&mut self, code: &OneTimeCode) -> Result<(), StorageError> {
        let found = self.one_time_codes.remove(&code.digest);
        found.ok_or(StorageError::Stale)?;
        let same = |other: &OneTimeCode| is_of(other, code.user_id, code.purpose);
        self.one_time_codes.retain(|_, other| !same(other));
        Ok(())
    }
}

fn is_of(code: &OneTimeCode, user: UserId, purpose: CodePurpose) -> bool {
    code.user_id == user && code.purpose == purpose
}
