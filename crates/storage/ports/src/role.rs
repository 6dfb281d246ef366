use async_trait::async_trait;
use iam_model::{GroupId, Permission, Role, RoleId, RoleName, UserId};

use crate::{Change, Listing, Page, StorageError};

/// One tenant's roles and who has them. Names are unique in the tenant.
#[async_trait(?Send)]
pub trait RoleRepository {
    /// The role with this id.
    async fn lookup(&self, id: &RoleId) -> Result<Option<Role>, StorageError>;

    /// The role with this name.
    async fn find_by_name(&self, name: &RoleName) -> Result<Option<Role>, StorageError>;

    /// The roles that `filter` lets through, by id.
    async fn list(&self, filter: &RoleFilter, page: &Page) -> Result<Listing<Role>, StorageError>;

    /// Adds a role. The tenant and the roles it names must exist, else
    /// [`StorageError::NotFound`]. That its permissions are in the catalogue is for the use case.
    async fn add(&self, role: &Role, change: &Change) -> Result<(), StorageError>;

    /// Replaces all of a role but its id and the time it was made, and returns it as it now is.
    /// [`StorageError::Stale`] if it has changed since it was read, or is gone;
    /// [`StorageError::NotFound`] if a role it names does not exist; [`StorageError::Cycle`] if it
    /// would include itself, through others or not, also if that came about at the same moment.
    async fn change(&self, role: Role, change: &Change) -> Result<Role, StorageError>;

    /// Removes a role from all who have it, and then the role. [`StorageError::Stale`] if it has
    /// changed since it was read, or is gone; [`StorageError::InUse`] if another role includes it
    /// or names it as assignable.
    async fn remove(&self, role: &Role, change: &Change) -> Result<(), StorageError>;

    /// Gives the role to a user or a group; no harm if they have it. Both must exist in this
    /// tenant, else [`StorageError::NotFound`].
    async fn assign(
        &self,
        role: &RoleId,
        to: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError>;

    /// Takes the role from a user or a group; no harm if they do not have it.
    async fn unassign(
        &self,
        role: &RoleId,
        from: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError>;

    /// All that `holder` may do: for a role with those it includes, for a group with the groups
    /// above it, for a user with their groups. Sorted; empty for who does not exist.
    async fn permissions_of(&self, holder: &Holder) -> Result<Vec<Permission>, StorageError>;

    /// The roles that `user` may give to others, because a role they have, in whatever way, names
    /// them as assignable. Sorted.
    async fn assignable_by(&self, user: &UserId) -> Result<Vec<RoleId>, StorageError>;
}

/// Who can be given a role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grantee {
    /// All who are in the group or in one below it.
    Group(GroupId),
    /// One user.
    User(UserId),
}

/// What permissions come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holder {
    /// A group.
    Group(GroupId),
    /// A role.
    Role(RoleId),
    /// A user.
    User(UserId),
}

/// Which roles are wanted: those for whom all that is set holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RoleFilter {
    /// How the name begins.
    pub name_prefix: Option<String>,
    /// Who was given them directly.
    pub grantee: Option<Grantee>,
}
