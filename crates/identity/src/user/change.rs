use iam_model::{ResourceKind, User, UserDetails, Username};

use super::{details::violations, ensure_may_act_on, fields::changed};
use crate::{Admin, IdentityError, admin::WithDetails, attributes::AttributeSchema};

/// What an operator says of a user that is there.
pub struct UserChange {
    /// Its login name.
    pub username: Username,
    /// What is known of it.
    pub details: UserDetails,
}

/// Replaces what is said of a user. What says nothing new changes nothing.
pub async fn change_user(
    admin: &Admin<'_>,
    user: User,
    change: UserChange,
) -> Result<User, IdentityError> {
    let after = User {
        username: change.username,
        details: change.details,
        updated_at: admin.now(),
        ..user.clone()
    };
    let fields = changed(&user, &after);
    if fields.is_empty() {
        return Ok(user);
    }
    ensure_may_act_on(admin, &user).await?;
    let mut wrong = violations(&after.details);
    // Attributes that were fit once do not stand in the way of a new phone number.
    if after.details.attributes != user.details.attributes {
        let schema = AttributeSchema::of(admin.tenant)?;
        wrong.extend(schema.violations(&after.details.attributes));
    }
    if !wrong.is_empty() {
        return Err(IdentityError::Invalid(wrong));
    }
    let change = admin.change("user.changed", ResourceKind::User, user.id);
    let change = change.with("fields", fields);
    Ok(admin.store().users().change(after, &change).await?)
}
