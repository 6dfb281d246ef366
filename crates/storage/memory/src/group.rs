use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{Group, GroupId, GroupName, UserId};
use iam_storage_ports::{Change, GroupFilter, GroupRepository, Listing, Page, StorageError};

use crate::{storage::MemoryTenant, table, tables::TenantTables};

#[async_trait(?Send)]
impl GroupRepository for MemoryTenant<'_> {
    async fn lookup(&self, id: &GroupId) -> Result<Option<Group>, StorageError> {
        Ok(self.read().groups.get(id).cloned())
    }

    async fn find_by_name(&self, name: &GroupName) -> Result<Option<Group>, StorageError> {
        let own = self.read();
        Ok(own.groups.values().find(|g| g.name == *name).cloned())
    }

    async fn list(
        &self,
        filter: &GroupFilter,
        page: &Page,
    ) -> Result<Listing<Group>, StorageError> {
        let own = self.read();
        let has = |group: &Group, user| own.members.contains(&(group.id, user));
        let wanted = |group: &Group| {
            table::begins(group.name.as_str(), filter.name_prefix.as_deref())
                && filter.parent.is_none_or(|id| group.parent == Some(id))
                && filter.member.is_none_or(|user| has(group, user))
        };
        Ok(table::page(&own.groups, page, wanted, |group| {
            group.id.to_string()
        }))
    }

    async fn add(&self, group: &Group, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            own.check_group(group)?;
            table::add(&mut own.groups, group.id, group)
        })
    }

    async fn change(&self, group: Group, change: &Change) -> Result<Group, StorageError> {
        self.write(change, |own| {
            let group = table::change(&mut own.groups, group.id, group)?;
            own.check_group(&group)?;
            Ok(group)
        })
    }

    async fn remove(&self, group: &Group, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            table::remove(&mut own.groups, &group.id, group)?;
            let mut others = own.groups.values();
            table::unused(others.any(|other| other.parent == Some(group.id)))?;
            own.members.retain(|(id, _)| *id != group.id);
            own.group_roles.retain(|(id, _)| *id != group.id);
            Ok(())
        })
    }

    async fn add_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| own.add_member(*group, *user))
    }

    async fn remove_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| {
            own.members.remove(&(*group, *user));
            Ok(())
        })
    }
}

impl TenantTables {
    pub(crate) fn add_member(&mut self, group: GroupId, user: UserId) -> Result<(), StorageError> {
        table::exists(self.groups.contains_key(&group) && self.users.contains_key(&user))?;
        self.members.insert((group, user));
        Ok(())
    }

    /// The groups that the user is a member of.
    pub(crate) fn groups_of(&self, user: UserId) -> impl Iterator<Item = GroupId> {
        let own = self
            .members
            .iter()
            .filter(move |(_, member)| *member == user);
        own.map(|(group, _)| *group)
    }

    /// These groups and all above them.
    pub(crate) fn with_above(
        &self,
        groups: impl IntoIterator<Item = GroupId>,
    ) -> BTreeSet<GroupId> {
        table::reachable(groups, |id| self.parent(id).into_iter().collect())
    }

    /// The names from the top to the group, with `/` between them.
    pub(crate) fn path(&self, group: &Group) -> String {
        let above = group.parent.and_then(|id| self.groups.get(&id));
        match above {
            Some(above) => format!("{}/{}", self.path(above), group.name),
            None => group.name.to_string(),
        }
    }

    fn parent(&self, group: GroupId) -> Option<GroupId> {
        self.groups.get(&group)?.parent
    }

    /// Whether a group can be as it is asked to be, among the others.
    fn check_group(&self, group: &Group) -> Result<(), StorageError> {
        if let Some(parent) = group.parent {
            table::exists(self.groups.contains_key(&parent))?;
            if self.with_above([parent]).contains(&group.id) {
                return Err(StorageError::Cycle);
            }
        }
        let mut others = self.groups.values().filter(|other| other.id != group.id);
        table::free(others.any(|other| other.name == group.name))
    }
}
