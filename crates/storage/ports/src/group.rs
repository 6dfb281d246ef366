use async_trait::async_trait;
use iam_model::{Group, GroupId, GroupName, UserId};

use crate::{Change, Listing, Page, StorageError};

/// One tenant's groups, their nesting and their members. Names are unique in the tenant.
#[async_trait(?Send)]
pub trait GroupRepository {
    /// The group with this id.
    async fn lookup(&self, id: &GroupId) -> Result<Option<Group>, StorageError>;

    /// The group with this name.
    async fn find_by_name(&self, name: &GroupName) -> Result<Option<Group>, StorageError>;

    /// The groups that `filter` lets through, by id.
    async fn list(&self, filter: &GroupFilter, page: &Page)
    -> Result<Listing<Group>, StorageError>;

    /// Adds a group. The tenant and the parent must exist, else [`StorageError::NotFound`].
    async fn add(&self, group: &Group, change: &Change) -> Result<(), StorageError>;

    /// Replaces all of a group but its id and the time it was made, and returns it as it now is.
    /// [`StorageError::Stale`] if it has changed since it was read, or is gone;
    /// [`StorageError::NotFound`] if the parent does not exist; [`StorageError::Cycle`] if the
    /// group is its new parent or above it, also if that came about at the same moment.
    async fn change(&self, group: Group, change: &Change) -> Result<Group, StorageError>;

    /// Removes a group, its memberships and its roles. [`StorageError::Stale`] if it has changed
    /// since it was read, or is gone; [`StorageError::InUse`] if there are groups in it.
    async fn remove(&self, group: &Group, change: &Change) -> Result<(), StorageError>;

    /// Puts a user into a group; no harm if they are in it. Both must exist in this tenant, else
    /// [`StorageError::NotFound`].
    async fn add_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError>;

    /// Takes a user out of a group; no harm if they are not in it.
    async fn remove_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError>;
}

/// Which groups are wanted: those for whom all that is set holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct GroupFilter {
    /// How the name begins.
    pub name_prefix: Option<String>,
    /// The group they are directly in.
    pub parent: Option<GroupId>,
    /// A user who is directly in them.
    pub member: Option<UserId>,
}
