//! Users: who they are and whether they may log in.

mod change;
mod create;
mod details;
mod export;
mod fields;
mod grants;
mod import;
mod invite;
mod password;
mod remove;
mod spec;
mod status;
#[cfg(test)]
mod tests;

use iam_model::{User, UserId, UserStatus};
use iam_storage_ports::{Holder, Listing, Page, UserFilter};

pub use change::{UserChange, change_user};
pub use create::{create_user, recreated_user};
pub use export::{UserExport, export_user};
pub use grants::{assign_user_role, unassign_user_role};
pub use import::{MAX_IMPORT_PASSWORDS, UserImport};
pub use invite::{INVITATION_TIME, invite_user};
pub use password::{require_password_change, reset_password, revoke_sessions};
pub use remove::{delete_user, erase_user};
pub use spec::UserSpec;
pub use status::{disable_user, enable_user, lock_user, restore_user, unlock_user};

use crate::{Admin, IdentityError, role::ensure_may_grant_all_of};

/// The user with this id, also if it is deleted.
pub async fn user(admin: &Admin<'_>, id: &UserId) -> Result<User, IdentityError> {
    let found = admin.store().users().lookup(id).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The user with this id; a deleted one is absent.
pub async fn live_user(admin: &Admin<'_>, id: &UserId) -> Result<User, IdentityError> {
    let user = user(admin, id).await?;
    match user.status {
        UserStatus::Deleted => Err(IdentityError::NotFound),
        _ => Ok(user),
    }
}

/// The users that `filter` lets through.
pub async fn users(
    admin: &Admin<'_>,
    filter: &UserFilter,
    page: &Page,
) -> Result<Listing<User>, IdentityError> {
    Ok(admin.store().users().list(filter, page).await?)
}

/// Who acts on somebody with more permissions than their own would get hold of those, by setting
/// their password or by taking their address for instance.
pub(crate) async fn ensure_may_act_on(admin: &Admin<'_>, user: &User) -> Result<(), IdentityError> {
    ensure_may_grant_all_of(admin, &Holder::User(user.id)).await
}

/// Whoever shuts themself out cannot let themself in again.
fn ensure_is_not_self(admin: &Admin<'_>, user: &User) -> Result<(), IdentityError> {
    if admin.actor.user == Some(user.id) {
        return Err(IdentityError::State("the user you are yourself"));
    }
    Ok(())
}
