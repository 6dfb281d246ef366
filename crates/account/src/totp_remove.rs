use iam_identity::IdentityError;
use iam_model::{CredentialKind, MessageKind, MfaPolicy};

use crate::{
    AccountError, AccountPorts, Caller, Proof,
    log::{own_change, with},
    notice::telling,
    totp::ensure_at_own_level,
};

/// Removes the caller's second factor, with the recovery codes; it takes a code. Where the tenant
/// wants one of everybody, it can only be replaced.
pub async fn remove_totp(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    proof: &Proof,
) -> Result<(), AccountError> {
    let (tenant, user) = (caller.tenant(), caller.user());
    if tenant.settings.mfa == MfaPolicy::Required {
        return Err(AccountError::NotOffered);
    }
    let store = caller.store(ports);
    let own = store.credentials().list(&user.id).await?;
    let totp = own.iter().find(|own| own.kind == CredentialKind::Totp);
    let totp = totp.ok_or(IdentityError::NotFound)?;
    ensure_at_own_level(ports, caller, proof).await?;
    let change = own_change(ports, tenant, &user.id, "mfa.removed");
    let change = telling(ports, tenant, user, MessageKind::MfaChanged, change);
    let change = with(change, "method", "totp");
    Ok(store.credentials().remove(&user.id, totp, &change).await?)
}
