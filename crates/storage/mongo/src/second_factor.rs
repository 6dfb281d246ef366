//! Keys for codes by the time, and recovery codes, which are in the document of their set.

use std::collections::BTreeSet;

use iam_model::{
    CredentialKind, RecoveryCodeDigest, RecoveryCodes, Sealed, TenantId, TotpCredential,
};
use iam_storage_ports::StorageError;

use crate::{
    credential::{OWN, is_a},
    document::Document,
    unit::{Unit, exists, free},
};

pub(crate) fn totp(tenant: TenantId, totp: &TotpCredential) -> Document {
    Document::of_tenant(tenant, totp.id)
        .text("id", totp.id)
        .text("user_id", totp.user_id)
        .text("kind", CredentialKind::Totp)
        .text("hash", "")
        .text("secret", totp.secret.as_str())
        .integer("last_step", totp.last_step)
        .time("updated_at", totp.updated_at)
}

/// Adds a set of codes to a user who has a key: without it there is nothing that the codes would
/// stand in for.
pub(crate) fn add_codes(
    unit: &mut Unit,
    tenant: TenantId,
    codes: &RecoveryCodes,
) -> Result<(), StorageError> {
    let (own, user) = (tenant.to_string(), codes.user_id.to_string());
    let has_key = unit.any(OWN, |document| {
        document.has_text("tenant_id", &own)
            && document.has_text("user_id", &user)
            && is_a(document, CredentialKind::Totp)
    });
    exists(has_key)?;
    let unique: BTreeSet<_> = codes.digests.iter().collect();
    free(unique.len() < codes.digests.len())?;
    let set = Document::of_tenant(tenant, codes.id)
        .text("id", codes.id)
        .text("user_id", codes.user_id)
        .text("kind", CredentialKind::RecoveryCodes)
        .text("hash", "")
        .texts("digests", codes.digests.iter().map(|digest| &digest.0))
        .time("updated_at", codes.updated_at);
    unit.add(OWN, set)
}

/// A set without a code, if it has it.
pub(crate) fn without(set: &Document, code: &RecoveryCodeDigest) -> Option<Document> {
    let mut digests = set.texts_in("digests");
    let had = digests.len();
    digests.retain(|digest| *digest != code.0);
    (digests.len() < had).then(|| set.clone().texts("digests", digests))
}

/// Notes that a code of a time step was accepted, if none of that step or a later one was.
pub(crate) fn accept_step(
    unit: &mut Unit,
    id: &str,
    totp: &TotpCredential,
    step: i64,
) -> Result<(), StorageError> {
    let stored = unit.get(OWN, id);
    let stored = stored.filter(|stored| {
        is_a(stored, CredentialKind::Totp)
            && stored.has_text("user_id", &totp.user_id.to_string())
            && stored.number("last_step").is_some_and(|last| last < step)
    });
    let stored = stored.ok_or(StorageError::Stale)?.clone();
    unit.put(OWN, stored.integer("last_step", step));
    Ok(())
}

/// Replaces the secret of a key, if it still is as it was read.
pub(crate) fn reseal(unit: &mut Unit, id: &str, totp: &TotpCredential, secret: &Sealed) {
    let stored = unit.get(OWN, id);
    let stored = stored.filter(|stored| {
        is_a(stored, CredentialKind::Totp)
            && stored.has_text("user_id", &totp.user_id.to_string())
            && stored.has_text("secret", totp.secret.as_str())
    });
    if let Some(stored) = stored.cloned() {
        unit.put(OWN, stored.text("secret", secret.as_str()));
    }
}

pub(crate) fn read(document: &Document) -> Result<TotpCredential, StorageError> {
    let fields = document.read(OWN);
    Ok(TotpCredential {
        id: fields.parsed("id")?,
        user_id: fields.parsed("user_id")?,
        secret: Sealed::new(fields.text("secret")?),
        last_step: fields.integer("last_step")?,
        updated_at: fields.time("updated_at")?,
    })
}
