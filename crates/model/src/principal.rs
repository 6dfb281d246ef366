use crate::{PasswordCredential, Permission, RoleName, Tenant, User};

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
    /// The user's roles, sorted and without repeats.
    pub roles: Vec<RoleName>,
    /// What the roles allow, sorted and without repeats.
    pub permissions: Vec<Permission>,
}
