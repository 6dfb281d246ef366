use iam_model::{ResourceKind, User, UserStatus};

use super::{ensure_is_not_self, ensure_may_act_on, status::write_status};
use crate::{Admin, IdentityError};

/// Deletes a user and ends its sessions. It keeps its names, and can be restored until the
/// tenant's retention time is over.
pub async fn delete_user(admin: &Admin<'_>, user: User) -> Result<(), IdentityError> {
    ensure_is_not_self(admin, &user)?;
    ensure_may_act_on(admin, &user).await?;
    // Hydra first: if it is out of reach nothing has changed. Who logs in between the two gets no
    // second token, as the user is deleted by then.
    admin.ports.hydra.revoke_sessions(&user.id).await?;
    write_status(admin, user, UserStatus::Deleted, "user.deleted").await?;
    Ok(())
}

/// Removes a user with all that is known of it, for good (GDPR art. 17). What stays in the audit
/// log is its id.
pub async fn erase_user(admin: &Admin<'_>, user: &User) -> Result<(), IdentityError> {
    ensure_is_not_self(admin, user)?;
    ensure_may_act_on(admin, user).await?;
    admin.ports.hydra.revoke_sessions(&user.id).await?;
    let change = admin.change("user.erased", ResourceKind::User, user.id);
    Ok(admin.store().users().remove(user, &change).await?)
}
