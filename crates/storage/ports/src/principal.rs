use async_trait::async_trait;
use iam_model::{Client, ClientId, Principal, TenantName, UserId, Username};

use crate::StorageError;

/// All that a login has to know.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LoginRecord {
    /// The client that asks, if it belongs to the tenant that was named; a client of another
    /// tenant is absent.
    pub client: Option<Client>,
    /// The user, with their tenant, password, roles and permissions.
    pub principal: Option<Principal>,
}

/// Users with all that their tokens depend on. Each method is one round trip.
#[async_trait(?Send)]
pub trait PrincipalRepository {
    /// What a login of `username` at `tenant` through `client` has to know.
    async fn find_by_username(
        &self,
        tenant: &TenantName,
        username: &Username,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError>;

    /// The user `user` of `tenant`, as their tokens should now describe them.
    async fn lookup(
        &self,
        tenant: &TenantName,
        user: &UserId,
    ) -> Result<Option<Principal>, StorageError>;
}
