use async_trait::async_trait;
use iam_model::{
    Email, GroupId, PasswordCredential, RoleId, Timestamp, User, UserId, UserStatus, Username,
};

use crate::{Change, Listing, Page, StorageError};

/// One tenant's users. Usernames are unique in the tenant, compared by [`Username::key`]; so are
/// e-mail addresses, by [`Email::key`], and external ids within their system. What is deleted
/// keeps its names until it is removed.
#[async_trait(?Send)]
pub trait UserRepository {
    /// The user with this id.
    async fn lookup(&self, id: &UserId) -> Result<Option<User>, StorageError>;

    /// The user with this name.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError>;

    /// The user one of whose addresses this is.
    async fn find_by_email(&self, email: &Email) -> Result<Option<User>, StorageError>;

    /// The users that `filter` lets through, by id.
    async fn list(&self, filter: &UserFilter, page: &Page) -> Result<Listing<User>, StorageError>;

    /// Adds a user, with a password if there is one: both or neither. The tenant must exist, else
    /// [`StorageError::NotFound`].
    async fn add(
        &self,
        user: &User,
        password: Option<&PasswordCredential>,
        change: &Change,
    ) -> Result<(), StorageError>;

    /// Adds many users, each whole or not at all, in one round trip, and says of each whether it
    /// was added: those are left out whose id, name, addresses or external ids are taken, also by
    /// one before it in `users`. The tenant and all roles and groups must exist, else nobody is
    /// added: [`StorageError::NotFound`].
    async fn add_all(&self, users: &[NewUser]) -> Result<Vec<bool>, StorageError>;

    /// Replaces all of a user but its id and the time it was made, and returns it as it now is;
    /// [`StorageError::Stale`] if it has changed since it was read, or is gone.
    async fn change(&self, user: User, change: &Change) -> Result<User, StorageError>;

    /// [`change`](Self::change), and gives the user this password in place of any it has.
    async fn change_password(
        &self,
        user: User,
        password: &PasswordCredential,
        change: &Change,
    ) -> Result<User, StorageError>;

    /// Removes a user with all that is known of it; what it did stays in the audit log without
    /// its origins, and so do logins as it that failed. [`StorageError::Stale`] if it has changed
    /// since it was read, or is gone.
    async fn remove(&self, user: &User, change: &Change) -> Result<(), StorageError>;

    /// The ids of up to `limit` users that are deleted and were last changed before `before`, by id.
    async fn deleted_before(
        &self,
        before: Timestamp,
        limit: u16,
    ) -> Result<Vec<UserId>, StorageError>;
}

/// A user that is added together with others.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The user.
    pub user: User,
    /// Its password.
    pub password: Option<PasswordCredential>,
    /// The roles it is given; they must exist.
    pub roles: Vec<RoleId>,
    /// The groups it is put into; they must exist.
    pub groups: Vec<GroupId>,
    /// What goes into the log if it is added. Nothing of it but its event is looked at.
    pub change: Change,
}

/// Which users are wanted: those for whom all that is set holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UserFilter {
    /// The status; `None` for all but the deleted.
    pub status: Option<UserStatus>,
    /// How the [key](Username::key) of the name begins.
    pub username_prefix: Option<String>,
    /// One of the addresses.
    pub email: Option<Email>,
    /// An attribute on the top level, and the text, number or truth value it has, as text.
    pub attribute: Option<(String, String)>,
    /// A system, and the user's id in it.
    pub external_id: Option<(String, String)>,
    /// A group the user is a member of itself.
    pub group: Option<GroupId>,
    /// A role the user was given itself.
    pub role: Option<RoleId>,
}
