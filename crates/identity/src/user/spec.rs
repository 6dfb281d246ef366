use iam_model::{GroupId, PasswordHash, RoleId, Secret, UserDetails, UserStatus, Username};
use iam_security::PasswordOwner;

use super::{
    details::violations,
    fields::{filled, true_ones},
};
use crate::{
    Admin, IdentityError, Violation,
    attributes::AttributeSchema,
    credential::{password_violation, recognized},
};

/// The most roles, and the most groups, that a user is made with.
const MAX_GRANTS: usize = 100;

/// What an operator says of a new user.
pub struct UserSpec {
    /// Its login name.
    pub username: Username,
    /// `active` or `invited`; if nobody says, who has a password is active.
    pub status: Option<UserStatus>,
    /// What is known of it.
    pub details: UserDetails,
    /// Its password.
    pub password: Option<Secret<String>>,
    /// The hash of its password, from another system.
    pub password_hash: Option<Secret<String>>,
    /// The roles it is given.
    pub roles: Vec<RoleId>,
    /// The groups it is put into.
    pub groups: Vec<GroupId>,
}

/// A new user with whom nothing is wrong.
pub(super) struct Draft {
    pub(super) username: Username,
    pub(super) status: UserStatus,
    pub(super) details: UserDetails,
    pub(super) password: Option<NewPassword>,
    pub(super) roles: Vec<RoleId>,
    pub(super) groups: Vec<GroupId>,
}

/// A password that is still to be hashed, or one of which only the hash is known.
pub(super) enum NewPassword {
    Hashed(PasswordHash),
    Plain(Secret<String>),
}

impl Draft {
    /// Looks at `spec` with the rules of the tenant, and says all that is wrong with it.
    pub(super) async fn of(
        spec: UserSpec,
        admin: &Admin<'_>,
        schema: &AttributeSchema,
    ) -> Result<Self, IdentityError> {
        let mut wrong = violations(&spec.details);
        wrong.extend(schema.violations(&spec.details.attributes));
        wrong.extend(too_many("/roles", spec.roles.len()));
        wrong.extend(too_many("/groups", spec.groups.len()));
        let has_password = spec.password.is_some() || spec.password_hash.is_some();
        let status = status(spec.status, has_password);
        let status = status.map_err(|violation| wrong.push(violation)).ok();
        if let Some(password) = &spec.password {
            let owner = PasswordOwner {
                tenant: admin.tenant,
                username: &spec.username,
                details: &spec.details,
            };
            wrong.extend(password_violation(admin, &owner, password).await?);
        }
        let password = new_password(spec.password, spec.password_hash);
        let password = password.map_err(|violation| wrong.push(violation)).ok();
        match (status, password) {
            (Some(status), Some(password)) if wrong.is_empty() => Ok(Self {
                username: spec.username,
                status,
                details: spec.details,
                password,
                roles: spec.roles,
                groups: spec.groups,
            }),
            _ => Err(IdentityError::Invalid(wrong)),
        }
    }

    /// The names of what is said of it beside the username, for the audit log.
    pub(super) fn fields(&self) -> Vec<&'static str> {
        let mut fields = filled(&self.details);
        let named = [
            ("groups", !self.groups.is_empty()),
            ("password", self.password.is_some()),
            ("roles", !self.roles.is_empty()),
        ];
        fields.extend(true_ones(&named));
        fields
    }
}

fn too_many(pointer: &str, count: usize) -> Option<Violation> {
    let detail = format!("are too many: at most {MAX_GRANTS}");
    (count > MAX_GRANTS).then(|| Violation::new(pointer, detail))
}

fn status(asked: Option<UserStatus>, has_password: bool) -> Result<UserStatus, Violation> {
    let refused = |detail| Err(Violation::new("/status", detail));
    match (asked, has_password) {
        (None | Some(UserStatus::Active), true) | (Some(UserStatus::Active), false) => {
            Ok(UserStatus::Active)
        }
        (None | Some(UserStatus::Invited), false) => Ok(UserStatus::Invited),
        (Some(UserStatus::Invited), true) => {
            refused("must be active for who has a password: who is invited sets it themselves")
        }
        (Some(UserStatus::Deleted | UserStatus::Disabled | UserStatus::Locked), _) => {
            refused("must be active or invited for who is new")
        }
    }
}

fn new_password(
    plain: Option<Secret<String>>,
    hash: Option<Secret<String>>,
) -> Result<Option<NewPassword>, Violation> {
    match (plain, hash) {
        (None, None) => Ok(None),
        (None, Some(hash)) => Ok(Some(NewPassword::Hashed(recognized(&hash)?))),
        (Some(plain), None) => Ok(Some(NewPassword::Plain(plain))),
        (Some(_), Some(_)) => Err(Violation::new(
            "/password_hash",
            "cannot be there together with `password`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use iam_model::UserStatus::{Active, Deleted, Disabled, Invited, Locked};

    use super::status;

    #[test]
    fn a_new_user_is_active_with_a_password_and_else_invited() {
        assert_eq!(status(None, true), Ok(Active));
        assert_eq!(status(None, false), Ok(Invited));
        assert_eq!(status(Some(Active), false), Ok(Active));
        assert_eq!(status(Some(Invited), false), Ok(Invited));
        assert!(status(Some(Invited), true).is_err());
        for other in [Deleted, Disabled, Locked] {
            assert!(status(Some(other), true).is_err(), "{other}");
        }
    }
}
