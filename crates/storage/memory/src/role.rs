use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{GroupId, Permission, Role, RoleId, RoleName, UserId};
use iam_storage_ports::{
    Change, Grantee, Holder, Listing, Page, RoleFilter, RoleRepository, StorageError,
};

use crate::{storage::MemoryTenant, table, tables::TenantTables};

#[async_trait(?Send)]
impl RoleRepository for MemoryTenant<'_> {
    async fn lookup(&self, id: &RoleId) -> Result<Option<Role>, StorageError> {
        Ok(self.read().roles.get(id).cloned())
    }

    async fn find_by_name(&self, name: &RoleName) -> Result<Option<Role>, StorageError> {
        let own = self.read();
        Ok(own.roles.values().find(|r| r.name == *name).cloned())
    }

    async fn list(&self, filter: &RoleFilter, page: &Page) -> Result<Listing<Role>, StorageError> {
        let own = self.read();
        let has = |grantee, role: &Role| match grantee {
            Grantee::Group(group) => own.group_roles.contains(&(group, role.id)),
            Grantee::User(user) => own.user_roles.contains(&(user, role.id)),
        };
        let wanted = |role: &Role| {
            table::begins(role.name.as_str(), filter.name_prefix.as_deref())
                && filter.grantee.is_none_or(|grantee| has(grantee, role))
        };
        Ok(table::page(&own.roles, page, wanted, |role| {
            role.id.to_string()
        }))
    }

    async fn add(&self, role: &Role, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            own.check_role(role)?;
            table::add(&mut own.roles, role.id, &with_sets(role.clone()))
        })
    }

    async fn change(&self, role: Role, change: &Change) -> Result<Role, StorageError> {
        self.write(change, |own| {
            let role = table::change(&mut own.roles, role.id, with_sets(role))?;
            own.check_role(&role)?;
            Ok(role)
        })
    }

    async fn remove(&self, role: &Role, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            table::remove(&mut own.roles, &role.id, role)?;
            let names = |other: &Role| {
                other.includes.contains(&role.id) || other.assignable.contains(&role.id)
            };
            table::unused(own.roles.values().any(names))?;
            own.group_roles.retain(|(_, id)| *id != role.id);
            own.user_roles.retain(|(_, id)| *id != role.id);
            Ok(())
        })
    }

    async fn assign(
        &self,
        role: &RoleId,
        to: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| own.assign(*role, *to))
    }

    async fn unassign(
        &self,
        role: &RoleId,
        from: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| {
            match from {
                Grantee::Group(group) => own.group_roles.remove(&(*group, *role)),
                Grantee::User(user) => own.user_roles.remove(&(*user, *role)),
            };
            Ok(())
        })
    }

    async fn permissions_of(&self, holder: &Holder) -> Result<Vec<Permission>, StorageError> {
        let own = self.read();
        let roles = match *holder {
            Holder::Group(group) => own.with_included(own.granted_to_groups([group])),
            Holder::Role(role) => own.with_included([role]),
            Holder::User(user) => own.roles_of(user),
        };
        Ok(own.permissions_in(&roles))
    }

    async fn assignable_by(&self, user: &UserId) -> Result<Vec<RoleId>, StorageError> {
        let own = self.read();
        let roles = own.roles_of(*user);
        let roles = roles.iter().filter_map(|id| own.roles.get(id));
        Ok(table::sorted(
            roles.flat_map(|role| role.assignable.clone()),
        ))
    }
}

impl TenantTables {
    pub(crate) fn assign(&mut self, role: RoleId, to: Grantee) -> Result<(), StorageError> {
        table::exists(self.roles.contains_key(&role))?;
        match to {
            Grantee::Group(group) => {
                table::exists(self.groups.contains_key(&group))?;
                self.group_roles.insert((group, role));
            }
            Grantee::User(user) => {
                table::exists(self.users.contains_key(&user))?;
                self.user_roles.insert((user, role));
            }
        }
        Ok(())
    }

    /// All roles that the user has, in whatever way.
    pub(crate) fn roles_of(&self, user: UserId) -> BTreeSet<RoleId> {
        let own = self.user_roles.iter().filter(|(id, _)| *id == user);
        let own = own.map(|(_, role)| *role);
        self.with_included(own.chain(self.granted_to_groups(self.groups_of(user))))
    }

    /// What the roles allow by themselves.
    pub(crate) fn permissions_in(&self, roles: &BTreeSet<RoleId>) -> Vec<Permission> {
        let roles = roles.iter().filter_map(|id| self.roles.get(id));
        table::sorted(roles.flat_map(|role| role.permissions.clone()))
    }

    /// The roles given to these groups and to those above them.
    fn granted_to_groups(&self, groups: impl IntoIterator<Item = GroupId>) -> Vec<RoleId> {
        let groups = self.with_above(groups);
        let granted = self.group_roles.iter();
        let granted = granted.filter(|(group, _)| groups.contains(group));
        granted.map(|(_, role)| *role).collect()
    }

    /// These roles and all that they include.
    fn with_included(&self, roles: impl IntoIterator<Item = RoleId>) -> BTreeSet<RoleId> {
        let includes = |id| self.roles.get(&id).map(|role| role.includes.clone());
        table::reachable(roles, |id| includes(id).unwrap_or_default())
    }

    /// Whether a role can be as it is asked to be, among the others.
    fn check_role(&self, role: &Role) -> Result<(), StorageError> {
        let mut named = role.includes.iter().chain(&role.assignable);
        table::exists(named.all(|id| self.roles.contains_key(id)))?;
        if self.with_included(role.includes.clone()).contains(&role.id) {
            return Err(StorageError::Cycle);
        }
        let mut others = self.roles.values().filter(|other| other.id != role.id);
        table::free(others.any(|other| other.name == role.name))
    }
}

fn with_sets(role: Role) -> Role {
    Role {
        permissions: table::sorted(role.permissions),
        includes: table::sorted(role.includes),
        assignable: table::sorted(role.assignable),
        ..role
    }
}
