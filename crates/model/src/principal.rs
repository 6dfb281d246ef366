use crate::{ActivePolicy, PasswordCredential, Permission, RoleName, Tenant, TotpCredential, User};

/// A user with all that decides what their tokens say: read in one round trip at login and at
/// every refresh.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    /// The tenant the user belongs to.
    pub tenant: Tenant,
    /// The user.
    pub user: User,
    /// The user's password, if they have one.
    pub password: Option<PasswordCredential>,
    /// The user's key for codes by the time, if they enrolled one.
    pub totp: Option<TotpCredential>,
    /// The groups the user is in, each as its path from the top, such as `eng/backend`; sorted.
    pub groups: Vec<String>,
    /// The user's roles: their own, those of their groups and of the groups above, and all that
    /// these include; sorted and without repeats.
    pub roles: Vec<RoleName>,
    /// What the roles allow, sorted and without repeats.
    pub permissions: Vec<Permission>,
    /// The tenant's policy, if it has one.
    pub policy: Option<ActivePolicy>,
}
