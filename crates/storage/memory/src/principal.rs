use async_trait::async_trait;
use iam_model::{
    ApiKey, ApiKeyId, Client, ClientId, Principal, Tenant, TenantName, User, UserId, Username,
};
use iam_storage_ports::{LoginRecord, PrincipalRepository, StorageError};

use crate::{MemoryStorage, table, tables::TenantTables};

#[async_trait(?Send)]
impl PrincipalRepository for MemoryStorage {
    async fn find_by_username(
        &self,
        tenant: &TenantName,
        username: &Username,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        Ok(self.record(tenant, client, |own| own.user_named(username)))
    }

    async fn find_by_api_key(
        &self,
        id: &ApiKeyId,
    ) -> Result<Option<(Tenant, ApiKey)>, StorageError> {
        let tables = self.read();
        let found = tables.tenants.values().find_map(|tenant| {
            let own = tables.of(tenant.id);
            Some((tenant.clone(), own.api_keys.get(id)?.clone()))
        });
        Ok(found)
    }

    async fn find_by_client(
        &self,
        client: &ClientId,
    ) -> Result<Option<(Tenant, Client)>, StorageError> {
        let tables = self.read();
        let found = tables.tenants.values().find_map(|tenant| {
            let own = tables.of(tenant.id);
            Some((tenant.clone(), own.clients.get(client)?.clone()))
        });
        Ok(found)
    }

    async fn lookup(
        &self,
        tenant: &TenantName,
        user: &UserId,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        Ok(self.record(tenant, client, |own| own.users.get(user)))
    }
}

impl MemoryStorage {
    fn record(
        &self,
        tenant: &TenantName,
        client: &ClientId,
        user: impl FnOnce(&TenantTables) -> Option<&User>,
    ) -> LoginRecord {
        let tables = self.read();
        let Some(tenant) = tables.tenant_named(tenant) else {
            return LoginRecord::default();
        };
        let own = tables.of(tenant.id);
        LoginRecord {
            client: own.clients.get(client).cloned(),
            principal: user(&own).map(|user| own.principal(tenant, user)),
            tenant: Some(tenant.clone()),
        }
    }
}

impl TenantTables {
    fn principal(&self, tenant: &Tenant, user: &User) -> Principal {
        let roles = self.roles_of(user.id);
        let names = roles.iter().filter_map(|id| self.roles.get(id));
        let groups = self.groups_of(user.id);
        let groups = groups.filter_map(|id| self.groups.get(&id));
        Principal {
            tenant: tenant.clone(),
            user: user.clone(),
            password: self.password_of(user.id).cloned(),
            totp: self.totps.get(&user.id).cloned(),
            groups: table::sorted(groups.map(|group| self.path(group))),
            roles: table::sorted(names.map(|role| role.name.clone())),
            permissions: self.permissions_in(&roles),
            policy: self.active_policy(),
        }
    }
}
