//! Keys for codes by the time, and recovery codes.

use std::collections::BTreeMap;

use iam_model::{CredentialId, RecoveryCodeDigest, RecoveryCodes, Sealed, TotpCredential, UserId};
use iam_storage_ports::{Listing, Page, StorageError};

use crate::{table, tables::TenantTables};

impl TenantTables {
    pub(crate) fn enroll_totp(
        &mut self,
        totp: &TotpCredential,
        codes: &RecoveryCodes,
    ) -> Result<(), StorageError> {
        table::exists(self.users.contains_key(&totp.user_id))?;
        self.remove_second_factors(&totp.user_id);
        table::free(self.has_credential(totp.id))?;
        self.totps.insert(totp.user_id, totp.clone());
        self.add_codes(codes)
    }

    pub(crate) fn accept_step(
        &mut self,
        totp: &TotpCredential,
        step: i64,
    ) -> Result<(), StorageError> {
        let stored = self.totps.get_mut(&totp.user_id);
        let stored = stored.filter(|stored| stored.id == totp.id && stored.last_step < step);
        stored.ok_or(StorageError::Stale)?.last_step = step;
        Ok(())
    }

    /// Adds a set of codes to a user who has a key and no codes.
    pub(crate) fn add_codes(&mut self, codes: &RecoveryCodes) -> Result<(), StorageError> {
        table::exists(self.totps.contains_key(&codes.user_id))?;
        table::free(self.has_credential(codes.id))?;
        let unique = table::sorted(codes.digests.iter().cloned());
        table::free(unique.len() < codes.digests.len())?;
        self.recovery_codes.insert(codes.user_id, codes.clone());
        Ok(())
    }

    pub(crate) fn has_code(&self, user: &UserId, code: &RecoveryCodeDigest) -> bool {
        let codes = self.recovery_codes.get(user);
        codes.is_some_and(|codes| codes.digests.contains(code))
    }

    pub(crate) fn take_code(&mut self, user: &UserId, code: &RecoveryCodeDigest) {
        if let Some(codes) = self.recovery_codes.get_mut(user) {
            codes.digests.retain(|own| own != code);
        }
    }

    pub(crate) fn count_codes(&self, user: &UserId) -> u64 {
        let codes = self.recovery_codes.get(user);
        table::number(codes.map_or(0, |codes| codes.digests.len()))
    }

    pub(crate) fn sealed_otherwise(&self, prefix: &str, page: &Page) -> Listing<TotpCredential> {
        let by_id: BTreeMap<CredentialId, TotpCredential> =
            self.totps.values().map(|t| (t.id, t.clone())).collect();
        let wanted = |totp: &TotpCredential| !totp.secret.as_str().starts_with(prefix);
        table::page(&by_id, page, wanted, |totp| totp.id.to_string())
    }

    pub(crate) fn reseal(&mut self, resealed: &[(TotpCredential, Sealed)]) {
        for (totp, secret) in resealed {
            let stored = self.totps.get_mut(&totp.user_id);
            if let Some(stored) =
                stored.filter(|stored| (stored.id, &stored.secret) == (totp.id, &totp.secret))
            {
                stored.secret = secret.clone();
            }
        }
    }

    pub(crate) fn remove_second_factors(&mut self, user: &UserId) {
        self.recovery_codes.remove(user);
        self.totps.remove(user);
    }
}
