use async_trait::async_trait;
use iam_model::{PasswordCredential, Timestamp, User, UserId, UserStatus, Username};

use crate::StorageError;

/// One tenant's users. Usernames are unique in the tenant, compared by [`Username::key`].
#[async_trait(?Send)]
pub trait UserRepository {
    /// The user with this id.
    async fn lookup(&self, id: &UserId) -> Result<Option<User>, StorageError>;

    /// The user with this name.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError>;

    /// Adds a user. The tenant must exist, else [`StorageError::NotFound`].
    async fn add(&self, user: &User) -> Result<(), StorageError>;

    /// Adds a user together with their password: both or neither. The tenant must exist, else
    /// [`StorageError::NotFound`].
    async fn enroll(&self, user: &User, password: &PasswordCredential) -> Result<(), StorageError>;

    /// Gives `user` another status and returns it as it now is; [`StorageError::Stale`] if it has
    /// changed since it was read, or is gone.
    async fn change_status(
        &self,
        user: User,
        status: UserStatus,
        now: Timestamp,
    ) -> Result<User, StorageError>;
}
