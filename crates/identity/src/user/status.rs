use iam_model::{ResourceKind, User, UserStatus};

use super::{ensure_is_not_self, ensure_may_act_on};
use crate::{Admin, IdentityError, admin::WithDetails, credentials};

/// What can be done to a user's status. Deleting is not in here: it ends sessions too.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verb {
    Disable,
    Enable,
    Invite,
    Lock,
    Restore,
    Unlock,
}

/// Shuts a user out for now: they cannot log in, and refreshes are refused.
pub async fn lock_user(admin: &Admin<'_>, user: User) -> Result<User, IdentityError> {
    ensure_is_not_self(admin, &user)?;
    turn(admin, user, Verb::Lock).await
}

/// Lets a locked user in again.
pub async fn unlock_user(admin: &Admin<'_>, user: User) -> Result<User, IdentityError> {
    turn(admin, user, Verb::Unlock).await
}

/// Switches a user off: they cannot log in, and refreshes are refused.
pub async fn disable_user(admin: &Admin<'_>, user: User) -> Result<User, IdentityError> {
    ensure_is_not_self(admin, &user)?;
    turn(admin, user, Verb::Disable).await
}

/// Switches a disabled user on: active, or invited if they have nothing to log in with yet.
pub async fn enable_user(admin: &Admin<'_>, user: User) -> Result<User, IdentityError> {
    turn(admin, user, Verb::Enable).await
}

/// Whether an invitation makes `user` an invited one, who is none yet.
pub(super) async fn invited(admin: &Admin<'_>, user: &User) -> Result<bool, IdentityError> {
    let has_credential = !credentials(admin, &user.id).await?.is_empty();
    Ok(step(Verb::Invite, user.status, has_credential)?.is_some())
}

/// Brings a deleted user back, disabled: whoever restores it looks at its roles before it is
/// enabled, which may be more than it should have by now.
pub async fn restore_user(admin: &Admin<'_>, user: User) -> Result<User, IdentityError> {
    turn(admin, user, Verb::Restore).await
}

async fn turn(admin: &Admin<'_>, user: User, verb: Verb) -> Result<User, IdentityError> {
    let has_credential = match verb {
        Verb::Enable => !credentials(admin, &user.id).await?.is_empty(),
        Verb::Disable | Verb::Invite | Verb::Lock | Verb::Restore | Verb::Unlock => false,
    };
    let Some(status) = step(verb, user.status, has_credential)? else {
        return Ok(user);
    };
    ensure_may_act_on(admin, &user).await?;
    write_status(admin, user, status, verb.action()).await
}

/// Writes a user with this status.
pub(super) async fn write_status(
    admin: &Admin<'_>,
    user: User,
    status: UserStatus,
    action: &str,
) -> Result<User, IdentityError> {
    let change = admin.change(action, ResourceKind::User, user.id);
    let change = change.with("fields", vec!["status"]);
    let change = change.with("status", status.as_str());
    let user = User {
        status,
        updated_at: admin.now(),
        ..user
    };
    Ok(admin.store().users().change(user, &change).await?)
}

/// The status that `verb` leads to from `from`; `None` if it is as `verb` wants it already.
fn step(
    verb: Verb,
    from: UserStatus,
    has_credential: bool,
) -> Result<Option<UserStatus>, IdentityError> {
    use UserStatus::{Active, Deleted, Disabled, Invited, Locked};
    let state = |state| Err(IdentityError::State(state));
    Ok(match (verb, from) {
        (Verb::Restore, Deleted) | (Verb::Disable, Active | Invited | Locked) => Some(Disabled),
        (_, Deleted) => return Err(IdentityError::NotFound),
        (Verb::Restore, Active | Disabled | Invited | Locked)
        | (Verb::Disable, Disabled)
        | (Verb::Enable | Verb::Unlock, Active)
        | (Verb::Invite, Invited)
        | (Verb::Lock, Locked) => None,
        (Verb::Lock, Active) => Some(Locked),
        (Verb::Unlock, Locked) => Some(Active),
        (Verb::Enable, Disabled) if has_credential => Some(Active),
        (Verb::Invite, Active | Disabled) if has_credential => {
            return state("able to log in already");
        }
        (Verb::Enable, Disabled) | (Verb::Invite, Active | Disabled) => Some(Invited),
        (Verb::Lock | Verb::Unlock, Disabled) => return state("disabled"),
        (Verb::Enable | Verb::Lock | Verb::Unlock, Invited) => return state("invited"),
        (Verb::Enable | Verb::Invite, Locked) => return state("locked"),
    })
}

impl Verb {
    const fn action(self) -> &'static str {
        match self {
            Self::Disable => "user.disabled",
            Self::Enable => "user.enabled",
            Self::Invite => "user.invited",
            Self::Lock => "user.locked",
            Self::Restore => "user.restored",
            Self::Unlock => "user.unlocked",
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_model::UserStatus::{self, Active, Deleted, Disabled, Invited, Locked};

    use super::{
        Verb::{self, Disable, Enable, Invite, Lock, Restore, Unlock},
        step,
    };
    use crate::IdentityError;

    /// What a verb leads to from active, disabled, invited, locked and deleted: a status, `Stays`,
    /// `Refused` for the state, or `Absent`.
    #[derive(Debug, PartialEq)]
    enum To {
        Absent,
        Refused,
        Stays,
        Turns(UserStatus),
    }
    use To::{Absent, Refused, Stays, Turns};

    #[track_caller]
    fn check(verb: Verb, has_credential: bool, expected: &[To; 5]) {
        let found = [Active, Disabled, Invited, Locked, Deleted].map(|from| {
            match step(verb, from, has_credential) {
                Ok(Some(status)) => Turns(status),
                Ok(None) => Stays,
                Err(IdentityError::NotFound) => Absent,
                Err(IdentityError::State(_)) => Refused,
                Err(error) => panic!("{error}"),
            }
        });
        assert_eq!(&found, expected, "{verb:?}");
    }

    #[test]
    fn each_verb_leads_from_some_statuses_and_stays_where_it_leads_to() {
        check(
            Lock,
            false,
            &[Turns(Locked), Refused, Refused, Stays, Absent],
        );
        check(
            Unlock,
            false,
            &[Stays, Refused, Refused, Turns(Active), Absent],
        );
        let disabled = || Turns(Disabled);
        check(
            Disable,
            false,
            &[disabled(), Stays, disabled(), disabled(), Absent],
        );
        check(
            Enable,
            true,
            &[Stays, Turns(Active), Refused, Refused, Absent],
        );
        check(
            Enable,
            false,
            &[Stays, Turns(Invited), Refused, Refused, Absent],
        );
        check(
            Invite,
            false,
            &[Turns(Invited), Turns(Invited), Stays, Refused, Absent],
        );
        check(Invite, true, &[Refused, Refused, Stays, Refused, Absent]);
        check(Restore, false, &[Stays, Stays, Stays, Stays, disabled()]);
    }
}
