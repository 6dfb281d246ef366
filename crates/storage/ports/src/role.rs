use async_trait::async_trait;
use iam_model::{Role, RoleId, RoleName, UserId};

use crate::StorageError;

/// One tenant's roles and who has them. Names are unique in the tenant.
#[async_trait(?Send)]
pub trait RoleRepository {
    /// The role with this name.
    async fn find_by_name(&self, name: &RoleName) -> Result<Option<Role>, StorageError>;

    /// Adds a role with its permissions.
    async fn add(&self, role: &Role) -> Result<(), StorageError>;

    /// Gives the role to the user; nothing happens if they have it. Both must exist in this
    /// tenant, else [`StorageError::NotFound`].
    async fn assign(&self, role: &RoleId, user: &UserId) -> Result<(), StorageError>;

    /// Takes the role from the user; nothing happens if they do not have it.
    async fn unassign(&self, role: &RoleId, user: &UserId) -> Result<(), StorageError>;
}
