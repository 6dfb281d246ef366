use async_trait::async_trait;
use iam_model::{
    CredentialKind, CredentialSummary, PasswordCredential, PasswordHash, RecoveryCodeDigest,
    RecoveryCodes, Sealed, TenantId, TotpCredential, UserId,
};
use iam_storage_ports::{Change, CredentialRepository, Listing, Page, StorageError};

use crate::{
    collection::Collection,
    command::Command,
    document::Document,
    second_factor,
    storage::MongoTenant,
    unit::{Query, Unit, exists},
};

pub(crate) const OWN: Collection = Collection::Credentials;

#[async_trait(?Send)]
impl CredentialRepository for MongoTenant<'_> {
    async fn find_by_user(
        &self,
        user: &UserId,
    ) -> Result<Option<PasswordCredential>, StorageError> {
        self.storage
            .find(self.credential(user, CredentialKind::Password), read)
            .await
    }

    async fn list(&self, user: &UserId) -> Result<Vec<CredentialSummary>, StorageError> {
        let read = |document: &Document| Ok((read_summary(document)?, is_used_up(document)));
        let all = self.storage.all(self.credentials_of(user), read).await?;
        let mut all: Vec<_> = all.into_iter().filter(|(_, used_up)| !used_up).collect();
        all.sort_by_key(|(credential, _)| credential.id);
        Ok(all.into_iter().map(|(credential, _)| credential).collect())
    }

    async fn rehash(
        &self,
        credential: &PasswordCredential,
        hash: &PasswordHash,
    ) -> Result<(), StorageError> {
        let id = self.key(credential.id);
        self.write_quietly(vec![Query::id(OWN, &id)], |unit| {
            // A hash has its own salt in it: that it is still the same means that nobody set another.
            let stored = unit.get(OWN, &id);
            let stored = stored.filter(|stored| {
                is_a(stored, CredentialKind::Password)
                    && stored.has_text("hash", credential.hash.expose())
            });
            let stored = stored.ok_or(StorageError::Stale)?.clone();
            unit.put(OWN, stored.text("hash", hash.expose()));
            Ok(())
        })
        .await
    }

    async fn enroll_totp(
        &self,
        totp: &TotpCredential,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError> {
        let user = self.key(totp.user_id);
        let queries = vec![
            Query::id(Collection::Users, &user),
            self.credentials_of(&totp.user_id),
            self.with_keys(OWN, [totp.id, codes.id]),
        ];
        self.write(change, queries, |unit| {
            exists(unit.has(Collection::Users, &user))?;
            self.remove_second_factors(unit, &totp.user_id);
            unit.add(OWN, second_factor::totp(self.id, totp))?;
            second_factor::add_codes(unit, self.id, codes)
        })
        .await
    }

    async fn accept_totp_step(&self, totp: &TotpCredential, step: i64) -> Result<(), StorageError> {
        let id = self.key(totp.id);
        self.write_quietly(vec![Query::id(OWN, &id)], |unit| {
            second_factor::accept_step(unit, &id, totp, step)
        })
        .await
    }

    async fn take_recovery_code(
        &self,
        user: &UserId,
        code: &RecoveryCodeDigest,
        change: &Change,
    ) -> Result<bool, StorageError> {
        let queries = vec![self.credential(user, CredentialKind::RecoveryCodes)];
        // Without a code nothing is written, and so nothing is there to go with it.
        let taken = self.write(change, queries, |unit| {
            let set = unit.found.first(0).cloned();
            let taken = set.and_then(|set| second_factor::without(&set, code));
            unit.put(OWN, taken.ok_or(StorageError::Stale)?);
            Ok(())
        });
        match taken.await {
            Ok(()) => Ok(true),
            Err(StorageError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn replace_recovery_codes(
        &self,
        codes: &RecoveryCodes,
        change: &Change,
    ) -> Result<(), StorageError> {
        let queries = vec![
            self.credentials_of(&codes.user_id),
            self.lookup(OWN, codes.id),
        ];
        self.write(change, queries, |unit| {
            self.remove_credential(unit, &codes.user_id, CredentialKind::RecoveryCodes);
            second_factor::add_codes(unit, self.id, codes)
        })
        .await
    }

    async fn count_recovery_codes(&self, user: &UserId) -> Result<u64, StorageError> {
        let query = self.credential(user, CredentialKind::RecoveryCodes);
        let count = |set: &Document| Ok(set.texts_in("digests").len());
        let count = self.storage.find(query, count).await?;
        Ok(u64::try_from(count.unwrap_or_default()).unwrap_or(u64::MAX))
    }

    async fn list_sealed_otherwise(
        &self,
        prefix: &str,
        page: &Page,
    ) -> Result<Listing<TotpCredential>, StorageError> {
        let filter = self
            .own()
            .has("kind", CredentialKind::Totp)
            .begins_otherwise("secret", prefix);
        let key = |totp: &TotpCredential| totp.id.to_string();
        let wanted = (filter, "id", page);
        self.storage
            .list(OWN, wanted, second_factor::read, key)
            .await
    }

    async fn reseal(&self, resealed: &[(TotpCredential, Sealed)]) -> Result<(), StorageError> {
        if resealed.is_empty() {
            return Ok(());
        }
        let queries = vec![self.with_keys(OWN, resealed.iter().map(|(totp, _)| totp.id))];
        self.write_quietly(queries, |unit| {
            for (totp, secret) in resealed {
                second_factor::reseal(unit, &self.key(totp.id), totp, secret);
            }
            Ok(())
        })
        .await
    }

    async fn remove(
        &self,
        user: &UserId,
        credential: &CredentialSummary,
        change: &Change,
    ) -> Result<(), StorageError> {
        let id = self.key(credential.id);
        self.write(change, vec![self.credentials_of(user)], |unit| {
            let found = unit.get(OWN, &id);
            let found = found.filter(|found| {
                found.has_text("user_id", &user.to_string())
                    && is_a(found, credential.kind)
                    && !is_used_up(found)
            });
            exists(found.is_some())?;
            match credential.kind {
                CredentialKind::Totp => self.remove_second_factors(unit, user),
                _ => unit.remove(OWN, &id),
            }
            Ok(())
        })
        .await
    }
}

impl MongoTenant<'_> {
    /// All credentials of a user.
    pub(crate) fn credentials_of(&self, user: &UserId) -> Query {
        Query::find(OWN, self.own().has("user_id", user))
    }

    /// The one credential of this kind that a user has.
    fn credential(&self, user: &UserId, kind: CredentialKind) -> Query {
        let filter = self.own().has("user_id", user).has("kind", kind);
        Query::new(OWN, Command::find(OWN.name(), filter).limit(1))
    }

    /// Removes the credential of this kind that a user has, if it was read.
    pub(crate) fn remove_credential(&self, unit: &mut Unit, user: &UserId, kind: CredentialKind) {
        let (own, user) = (self.id.to_string(), user.to_string());
        let is_it = |document: &Document| {
            document.has_text("tenant_id", &own)
                && document.has_text("user_id", &user)
                && is_a(document, kind)
        };
        for id in unit.ids_where(OWN, is_it) {
            unit.remove(OWN, &id);
        }
    }

    fn remove_second_factors(&self, unit: &mut Unit, user: &UserId) {
        self.remove_credential(unit, user, CredentialKind::Totp);
        self.remove_credential(unit, user, CredentialKind::RecoveryCodes);
    }
}

pub(crate) fn is_a(document: &Document, kind: CredentialKind) -> bool {
    document.has_text("kind", kind.as_str())
}

/// Whether it is a set of codes of which every one was used: it is not there any more.
fn is_used_up(document: &Document) -> bool {
    is_a(document, CredentialKind::RecoveryCodes) && document.texts_in("digests").is_empty()
}

pub(crate) fn password(tenant: TenantId, credential: &PasswordCredential) -> Document {
    Document::of_tenant(tenant, credential.id)
        .text("id", credential.id)
        .text("user_id", credential.user_id)
        .text("kind", CredentialKind::Password)
        .text("hash", credential.hash.expose())
        .time("updated_at", credential.updated_at)
}

pub(crate) fn read(document: &Document) -> Result<PasswordCredential, StorageError> {
    let fields = document.read(OWN);
    Ok(PasswordCredential {
        id: fields.parsed("id")?,
        user_id: fields.parsed("user_id")?,
        hash: PasswordHash::new(fields.text("hash")?),
        updated_at: fields.time("updated_at")?,
    })
}

fn read_summary(document: &Document) -> Result<CredentialSummary, StorageError> {
    let fields = document.read(OWN);
    Ok(CredentialSummary {
        id: fields.parsed("id")?,
        kind: fields.parsed("kind")?,
        updated_at: fields.time("updated_at")?,
    })
}
