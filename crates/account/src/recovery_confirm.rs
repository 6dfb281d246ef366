use iam_model::{CodePurpose, MessageKind, Secret};

use crate::{
    AccountError, AccountPorts,
    code::{CodeBearer, too_late},
    notice::telling,
    password::new_password,
};

/// Sets a new password for who brings a code. All sessions end. A second factor stays what it is
/// and is asked for at the next login (NIST SP 800-63B-4 §4.2.2).
///
/// A password that is refused does not use the code up.
pub async fn confirm_recovery(
    ports: &AccountPorts<'_>,
    bearer: &CodeBearer<'_>,
    new: &Secret<String>,
) -> Result<(), AccountError> {
    let brought = bearer.open(ports, CodePurpose::PasswordRecovery).await?;
    let (tenant, user) = (&brought.tenant, &brought.user);
    let password = new_password(ports, tenant, user, ("/new_password", new)).await?;
    let mut after = brought.verified_user(ports);
    after.details.password_change_required = false;
    let change = brought.change(ports, "password.recovered");
    let change = telling(ports, tenant, user, MessageKind::PasswordChanged, change);
    let store = ports.storage.tenant(tenant.id);
    let changed = store
        .users()
        .change_password(after, &password, &change)
        .await;
    changed.map_err(too_late)?;
    // The password first: who knows the old one must not log in between the two.
    Ok(ports.hydra.revoke_sessions(&user.id).await?)
}
