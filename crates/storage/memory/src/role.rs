use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{Role, RoleId, RoleName, TenantId, UserId};
use iam_storage_ports::{RoleRepository, StorageError};

use crate::storage::{MemoryTenant, Tables};

#[async_trait(?Send)]
impl RoleRepository for MemoryTenant<'_> {
    async fn find_by_name(&self, name: &RoleName) -> Result<Option<Role>, StorageError> {
        Ok(self.read().role_named(self.id, name).cloned())
    }

    async fn add(&self, role: &Role) -> Result<(), StorageError> {
        let mut tables = self.write();
        if !tables.tenants.contains_key(&self.id) {
            return Err(StorageError::NotFound);
        }
        let known = tables.roles.contains_key(&(self.id, role.id));
        if known || tables.role_named(self.id, &role.name).is_some() {
            return Err(StorageError::AlreadyExists);
        }
        let permissions: BTreeSet<_> = role.permissions.iter().cloned().collect();
        let role = Role {
            permissions: permissions.into_iter().collect(),
            ..role.clone()
        };
        tables.roles.insert((self.id, role.id), role);
        Ok(())
    }

    async fn assign(&self, role: &RoleId, user: &UserId) -> Result<(), StorageError> {
        let mut tables = self.write();
        let both = tables.roles.contains_key(&(self.id, *role))
            && tables.users.contains_key(&(self.id, *user));
        if !both {
            return Err(StorageError::NotFound);
        }
        tables.user_roles.insert((self.id, *user, *role));
        Ok(())
    }

    async fn unassign(&self, role: &RoleId, user: &UserId) -> Result<(), StorageError> {
        self.write().user_roles.remove(&(self.id, *user, *role));
        Ok(())
    }
}

impl Tables {
    fn role_named(&self, tenant: TenantId, name: &RoleName) -> Option<&Role> {
        self.roles
            .iter()
            .find(|((id, _), role)| *id == tenant && role.name == *name)
            .map(|(_, role)| role)
    }

    /// The roles that `user` has, sorted by id.
    pub(crate) fn roles_of(&self, tenant: TenantId, user: UserId) -> impl Iterator<Item = &Role> {
        self.user_roles
            .iter()
            .filter(move |(of, who, _)| *of == tenant && *who == user)
            .filter_map(|(of, _, role)| self.roles.get(&(*of, *role)))
    }
}
