use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{ClientId, Principal, Tenant, TenantName, User, UserId, Username};
use iam_storage_ports::{LoginRecord, PrincipalRepository, StorageError};

use crate::{MemoryStorage, storage::Tables};

#[async_trait(?Send)]
impl PrincipalRepository for MemoryStorage {
    async fn find_by_username(
        &self,
        tenant: &TenantName,
        username: &Username,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        let tables = self.read();
        let Some(tenant) = tables.tenant_named(tenant) else {
            return Ok(LoginRecord::default());
        };
        let client = tables.clients.get(client);
        let user = tables.user_named(tenant.id, username);
        Ok(LoginRecord {
            client: client.filter(|c| c.tenant_id == tenant.id).cloned(),
            principal: user.map(|user| tables.principal(tenant, user)),
        })
    }

    async fn lookup(
        &self,
        tenant: &TenantName,
        user: &UserId,
    ) -> Result<Option<Principal>, StorageError> {
        let tables = self.read();
        let found = tables.tenant_named(tenant).and_then(|tenant| {
            let user = tables.users.get(&(tenant.id, *user))?;
            Some(tables.principal(tenant, user))
        });
        Ok(found)
    }
}

impl Tables {
    fn principal(&self, tenant: &Tenant, user: &User) -> Principal {
        let mut roles = BTreeSet::new();
        let mut permissions = BTreeSet::new();
        for role in self.roles_of(tenant.id, user.id) {
            roles.insert(role.name.clone());
            permissions.extend(role.permissions.iter().cloned());
        }
        Principal {
            tenant: tenant.clone(),
            user: user.clone(),
            password: self.password_of(tenant.id, user.id).cloned(),
            roles: roles.into_iter().collect(),
            permissions: permissions.into_iter().collect(),
        }
    }
}
