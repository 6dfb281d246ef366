use iam_model::{MessageKind, Secret};

use crate::{
    AccountError, AccountPorts, Caller, Proof, log::own_change, notice::telling,
    password::new_password,
};

/// Replaces the password of who knows it. All sessions end, the caller's too: whoever knew the old
/// password may have made some (NIST SP 800-63B-4 §4.6).
pub async fn change_password(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    current: Secret<String>,
    new: &Secret<String>,
) -> Result<(), AccountError> {
    Proof::Password(current).ensure(ports, caller).await?;
    let (tenant, user) = (caller.tenant(), caller.user());
    let password = new_password(ports, tenant, user, ("/new_password", new)).await?;
    let mut after = user.clone();
    after.details.password_change_required = false;
    after.updated_at = ports.platform.now();
    let change = own_change(ports, tenant, &user.id, "password.changed");
    let change = telling(ports, tenant, user, MessageKind::PasswordChanged, change);
    let store = caller.store(ports);
    store
        .users()
        .change_password(after, &password, &change)
        .await?;
    // The password first: who knows the old one must not log in between the two.
    Ok(ports.hydra.revoke_sessions(&user.id).await?)
}
