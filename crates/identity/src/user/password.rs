use iam_model::{Outcome, Resource, ResourceKind, Secret, Timestamp, User, UserStatus};
use iam_security::PasswordOwner;

use super::{ensure_may_act_on, fields::changed};
use crate::{
    Admin, IdentityError,
    admin::WithDetails,
    credential::{password_of, password_violation},
};

/// Gives a user a password and ends its sessions. Who was invited is active then.
pub async fn reset_password(
    admin: &Admin<'_>,
    user: User,
    password: &Secret<String>,
    change_required: bool,
) -> Result<User, IdentityError> {
    ensure_may_act_on(admin, &user).await?;
    let owner = PasswordOwner {
        tenant: admin.tenant,
        username: &user.username,
        details: &user.details,
    };
    if let Some(violation) = password_violation(admin, &owner, password).await? {
        return Err(IdentityError::Invalid(vec![violation]));
    }
    let hash = admin.ports.hasher.hash(password).await?;
    let credential = password_of(admin, &user.id, hash);
    let after = with_password(&user, change_required, admin.now());
    let mut fields = changed(&user, &after);
    fields.push("password");
    let change = admin.change("user.password_reset", ResourceKind::User, user.id);
    let change = change.with("fields", fields);
    let store = admin.store();
    let user = store
        .users()
        .change_password(after, &credential, &change)
        .await?;
    // The password first: who knows the old one must not log in between the two.
    admin.ports.hydra.revoke_sessions(&user.id).await?;
    Ok(user)
}

/// Has a user change its password before the next tokens.
pub async fn require_password_change(admin: &Admin<'_>, user: User) -> Result<User, IdentityError> {
    if user.details.password_change_required {
        return Ok(user);
    }
    ensure_may_act_on(admin, &user).await?;
    let mut after = user.clone();
    after.details.password_change_required = true;
    after.updated_at = admin.now();
    let change = admin.change("user.password_change_required", ResourceKind::User, user.id);
    let change = change.with("fields", changed(&user, &after));
    Ok(admin.store().users().change(after, &change).await?)
}

/// Ends a user's sessions: every refresh token and every consent, at all clients.
pub async fn revoke_sessions(admin: &Admin<'_>, user: &User) -> Result<(), IdentityError> {
    ensure_may_act_on(admin, user).await?;
    admin.ports.hydra.revoke_sessions(&user.id).await?;
    let target = Resource {
        kind: ResourceKind::User,
        id: user.id.to_string(),
    };
    let event = admin.event("user.sessions_revoked", Outcome::Success, target);
    Ok(admin.store().audit().add(&[event]).await?)
}

/// What the user is once it has a new password.
fn with_password(user: &User, change_required: bool, now: Timestamp) -> User {
    let mut after = user.clone();
    after.details.password_change_required = change_required;
    after.updated_at = now;
    if user.status == UserStatus::Invited {
        after.status = UserStatus::Active;
    }
    after
}
