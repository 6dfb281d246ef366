use iam_identity::IdentityError;
use iam_model::MessageKind;
use iam_security::RecoveryCode;
use iam_storage_ports::StorageError;

use crate::{
    AccountError, AccountPorts, Caller, Proof, log::own_change, notice::telling,
    totp::ensure_at_own_level,
};

/// Gives the caller new recovery codes, which are shown once; those they had are gone. It takes a
/// code.
pub async fn regenerate_recovery_codes(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    proof: &Proof,
) -> Result<Vec<RecoveryCode>, AccountError> {
    if caller.principal.totp.is_none() {
        return Err(IdentityError::NotFound.into());
    }
    ensure_at_own_level(ports, caller, proof).await?;
    let (tenant, user) = (caller.tenant(), caller.user());
    let (codes, set) = RecoveryCode::generate_set(ports.platform, &user.id);
    let change = own_change(ports, tenant, &user.id, "recovery_codes.replaced");
    let change = telling(ports, tenant, user, MessageKind::MfaChanged, change);
    let store = caller.store(ports);
    match store
        .credentials()
        .replace_recovery_codes(&set, &change)
        .await
    {
        Ok(()) => Ok(codes),
        // The key was removed meanwhile.
        Err(StorageError::NotFound) => Err(IdentityError::NotFound.into()),
        Err(error) => Err(error.into()),
    }
}
