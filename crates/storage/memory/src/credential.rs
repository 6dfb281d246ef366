use async_trait::async_trait;
use iam_model::{PasswordCredential, PasswordHash, TenantId, Timestamp, UserId};
use iam_storage_ports::{CredentialRepository, StorageError};

use crate::storage::{MemoryTenant, Tables};

#[async_trait(?Send)]
impl CredentialRepository for MemoryTenant<'_> {
    async fn find_by_user(
        &self,
        user: &UserId,
    ) -> Result<Option<PasswordCredential>, StorageError> {
        Ok(self.read().password_of(self.id, *user).cloned())
    }

    async fn add(&self, credential: &PasswordCredential) -> Result<(), StorageError> {
        self.write().add_password(self.id, credential)
    }

    async fn rehash(
        &self,
        credential: &PasswordCredential,
        hash: &PasswordHash,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let mut tables = self.write();
        let stored = tables
            .credentials
            .get_mut(&(self.id, credential.id))
            .filter(|stored| stored.hash == credential.hash)
            .ok_or(StorageError::Stale)?;
        stored.hash = hash.clone();
        stored.updated_at = now;
        Ok(())
    }
}

impl Tables {
    pub(crate) fn add_password(
        &mut self,
        tenant: TenantId,
        credential: &PasswordCredential,
    ) -> Result<(), StorageError> {
        let key = (tenant, credential.id);
        let known = self.credentials.contains_key(&key);
        if known || self.password_of(tenant, credential.user_id).is_some() {
            return Err(StorageError::AlreadyExists);
        }
        if !self.users.contains_key(&(tenant, credential.user_id)) {
            return Err(StorageError::NotFound);
        }
        self.credentials.insert(key, credential.clone());
        Ok(())
    }

    pub(crate) fn password_of(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Option<&PasswordCredential> {
        self.credentials
            .iter()
            .find(|((id, _), credential)| *id == tenant && credential.user_id == user)
            .map(|(_, credential)| credential)
    }
}
