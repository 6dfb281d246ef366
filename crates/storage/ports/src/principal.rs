use async_trait::async_trait;
use iam_model::{
    ApiKey, ApiKeyId, Client, ClientId, Principal, Tenant, TenantName, UserId, Username,
};

use crate::StorageError;

/// All that a login or a refresh has to know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoginRecord {
    /// The client that asks, if it belongs to the tenant that was named; a client of another
    /// tenant is absent.
    pub client: Option<Client>,
    /// The user, with their tenant, password, groups, roles, permissions and policy.
    pub principal: Option<Principal>,
    /// The tenant, also if it has no such user.
    pub tenant: Option<Tenant>,
}

/// Who asks for something, with all that decides what they get. Each method is one round trip.
#[async_trait(?Send)]
pub trait PrincipalRepository {
    /// What a login of `username` at `tenant` through `client` has to know.
    async fn find_by_username(
        &self,
        tenant: &TenantName,
        username: &Username,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError>;

    /// The service account whose key has this id, and its tenant.
    async fn find_by_api_key(
        &self,
        id: &ApiKeyId,
    ) -> Result<Option<(Tenant, ApiKey)>, StorageError>;

    /// The client with this id, which is unique in the installation, and its tenant.
    async fn find_by_client(
        &self,
        client: &ClientId,
    ) -> Result<Option<(Tenant, Client)>, StorageError>;

    /// The user `user` of `tenant` and the client `client`, as tokens should now describe them.
    async fn lookup(
        &self,
        tenant: &TenantName,
        user: &UserId,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError>;
}
