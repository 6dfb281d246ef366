use iam_model::{CodePurpose, Secret, UserStatus};

use crate::{
    AccountError, AccountPorts,
    code::{CodeBearer, too_late},
    password::new_password,
};

/// Sets the first password of who was invited or has registered, who is active then. Whoever brings
/// the code reads the address, and it is them who choose the password: nobody can prepare an
/// account at another's address and wait in it.
pub async fn accept_invitation(
    ports: &AccountPorts<'_>,
    bearer: &CodeBearer<'_>,
    password: &Secret<String>,
) -> Result<(), AccountError> {
    let brought = bearer.open(ports, CodePurpose::Invitation).await?;
    if brought.user.status != UserStatus::Invited {
        return Err(AccountError::InvalidCode);
    }
    let (tenant, user) = (&brought.tenant, &brought.user);
    let password = new_password(ports, tenant, user, ("/password", password)).await?;
    let mut after = brought.verified_user(ports);
    after.status = UserStatus::Active;
    after.details.password_change_required = false;
    let change = brought.change(ports, "account.invitation_accepted");
    let store = ports.storage.tenant(tenant.id);
    let changed = store
        .users()
        .change_password(after, &password, &change)
        .await;
    changed.map(drop).map_err(too_late)
}
