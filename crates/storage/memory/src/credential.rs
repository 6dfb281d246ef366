use async_trait::async_trait;
use iam_model::{
    CredentialId, CredentialKind, CredentialSummary, PasswordCredential, PasswordHash,
    RecoveryCodeDigest, RecoveryCodes, Sealed, TotpCredential, UserId,
};
use iam_storage_ports::{Change, CredentialRepository, Listing, Page, StorageError};

use crate::{storage::MemoryTenant, table, tables::TenantTables};

#[async_trait(?Send)]
impl CredentialRepository for MemoryTenant<'_> {
    async fn find_by_user(
        &self,
        user: &UserId,
    ) -> Result<Option<PasswordCredential>, StorageError> {
        Ok(self.read().password_of(*user).cloned())
    }

    async fn list(&self, user: &UserId) -> Result<Vec<CredentialSummary>, StorageError> {
        Ok(self.read().credentials_of(user))
    }

    async fn rehash(
        &self,
        credential: &PasswordCredential,
        hash: &PasswordHash,
    ) -> Result<(), StorageError> {
        let rehash = |own: &mut TenantTables| {
            let stored = own.passwords.get_mut(&credential.id);
            let stored = stored
                .filter(|stored| stored.hash == credential.hash)
                .ok_or(StorageError::Stale)?;
            stored.hash = hash.clone();
            Ok(())
        };
        self.storage.unit(|tables| tables.write(self.id, rehash))
    }

    async fn enroll_totp(
        &self,
        totp: &TotpCredential,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| own.enroll_totp(totp, codes))
    }

    async fn accept_totp_step(&self, totp: &TotpCredential, step: i64) -> Result<(), StorageError> {
        self.storage
            .unit(|tables| tables.write(self.id, |own| own.accept_step(totp, step)))
    }

    async fn take_recovery_code(
        &self,
        user: &UserId,
        code: &RecoveryCodeDigest,
        change: &Change,
    ) -> Result<bool, StorageError> {
        if !self.read().has_code(user, code) {
            return Ok(false);
        }
        self.write(change, |own| {
            own.take_code(user, code);
            Ok(true)
        })
    }

    async fn replace_recovery_codes(
        &self,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| {
            own.recovery_codes.remove(&codes.user_id);
            own.add_codes(codes)
        })
    }

    async fn count_recovery_codes(&self, user: &UserId) -> Result<u64, StorageError> {
        Ok(self.read().count_codes(user))
    }

    async fn list_sealed_otherwise(
        &self,
        prefix: &str,
        page: &Page,
    ) -> Result<Listing<TotpCredential>, StorageError> {
        Ok(self.read().sealed_otherwise(prefix, page))
    }

    async fn reseal(&self, resealed: &[(TotpCredential, Sealed)]) -> Result<(), StorageError> {
        if resealed.is_empty() {
            return Ok(());
        }
        self.storage.unit(|tables| {
            tables.write(self.id, |own| {
                own.reseal(resealed);
                Ok(())
            })
        })
    }

    async fn remove(
        &self,
        user: &UserId,
        credential: &CredentialSummary,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| own.remove_credential(user, credential))
    }
}

impl TenantTables {
    pub(crate) fn add_password(
        &mut self,
        password: &PasswordCredential,
    ) -> Result<(), StorageError> {
        table::exists(self.users.contains_key(&password.user_id))?;
        table::free(self.password_of(password.user_id).is_some())?;
        table::free(self.has_credential(password.id))?;
        table::add(&mut self.passwords, password.id, password)
    }

    fn credentials_of(&self, user: &UserId) -> Vec<CredentialSummary> {
        let summary = |id, kind, updated_at| CredentialSummary {
            id,
            kind,
            updated_at,
        };
        let password = self
            .password_of(*user)
            .map(|p| summary(p.id, CredentialKind::Password, p.updated_at));
        let totp = self.totps.get(user);
        let totp = totp.map(|t| summary(t.id, CredentialKind::Totp, t.updated_at));
        let codes = self.recovery_codes.get(user);
        let codes = codes.filter(|codes| !codes.digests.is_empty());
        let codes = codes.map(|c| summary(c.id, CredentialKind::RecoveryCodes, c.updated_at));
        let mut all: Vec<_> = [password, totp, codes].into_iter().flatten().collect();
        all.sort_by_key(|credential| credential.id);
        all
    }

    /// Whether a credential of any kind has this id.
    pub(crate) fn has_credential(&self, id: CredentialId) -> bool {
        self.passwords.contains_key(&id)
            || self.totps.values().any(|totp| totp.id == id)
            || self.recovery_codes.values().any(|codes| codes.id == id)
    }

    fn remove_credential(
        &mut self,
        user: &UserId,
        credential: &CredentialSummary,
    ) -> Result<(), StorageError> {
        let mut own = self.credentials_of(user).into_iter();
        let is_it =
            |own: &CredentialSummary| (own.id, own.kind) == (credential.id, credential.kind);
        table::exists(own.any(|own| is_it(&own)))?;
        match credential.kind {
            CredentialKind::Passkey | CredentialKind::Password => {
                self.passwords.remove(&credential.id);
            }
            CredentialKind::RecoveryCodes => {
                self.recovery_codes.remove(user);
            }
            CredentialKind::Totp => self.remove_second_factors(user),
        }
        Ok(())
    }

    pub(crate) fn password_of(&self, user: UserId) -> Option<&PasswordCredential> {
        self.passwords.values().find(|p| p.user_id == user)
    }
}
