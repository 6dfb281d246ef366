use iam_model::{Phone, Profile, User};

use crate::{
    AccountError, AccountPorts, Caller,
    log::{own_change, with},
};

/// What a user says of themself.
pub struct ProfileChange {
    /// What they are called, and the like.
    pub profile: Profile,
    /// Their phone number.
    pub phone: Option<Phone>,
}

/// Replaces what a user may say of themself. What says nothing new changes nothing. Name, address,
/// attributes and metadata are not theirs to set: apps and policies rely on those.
pub async fn change_profile(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    change: ProfileChange,
) -> Result<User, AccountError> {
    let user = caller.user();
    let mut after = user.clone();
    after.details.profile = change.profile;
    after.details.phone = change.phone;
    let changed = [
        ("phone", after.details.phone != user.details.phone),
        ("profile", after.details.profile != user.details.profile),
    ];
    let fields = changed.iter().filter(|(_, holds)| *holds);
    let fields: Vec<_> = fields.map(|(name, _)| *name).collect();
    if fields.is_empty() {
        return Ok(after);
    }
    after.updated_at = ports.platform.now();
    let change = own_change(ports, caller.tenant(), &user.id, "account.profile_changed");
    let change = with(change, "fields", fields);
    Ok(caller.store(ports).users().change(after, &change).await?)
}
