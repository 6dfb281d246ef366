use futures_util::future::try_join;
use iam_model::{ActivePolicy, ClientId, GrantType, Permission, Scope, TenantId};
use iam_platform::Platform;
use iam_policy::{ClientClaims, ClientGrant, Grant, RequestContext, decide_client};
use iam_storage_ports::{Storage, StorageError};

use crate::AuthError;

/// What the tokens say that a client gets for itself (RFC 6749 §4.4) where `scope` is granted.
///
/// Its permissions are those of the tenant's catalogue that its scope names: whoever gave the client
/// that scope held them (`iam-identity`).
pub async fn client_claims(
    platform: &dyn Platform,
    storage: &dyn Storage,
    client_id: &ClientId,
    scope: &Scope,
) -> Result<ClientClaims, AuthError> {
    let found = storage.principals().find_by_client(client_id).await?;
    let (tenant, client) = found.ok_or(AuthError::InvalidGrant)?;
    if !client
        .details
        .grant_types
        .contains(&GrantType::ClientCredentials)
    {
        return Err(AuthError::InvalidGrant);
    }
    let (policy, permissions) = try_join(
        active_policy(storage, tenant.id),
        permissions(storage, tenant.id, scope),
    )
    .await?;
    let grant = ClientGrant {
        tenant: &tenant,
        client: &client,
        policy: policy.as_ref(),
        scope,
        permissions: &permissions,
    };
    let context = RequestContext {
        grant: Grant::ClientCredentials,
        ip: None,
        user_agent: None,
        time: platform.now(),
    };
    decide_client(&grant, &context).map_err(AuthError::Denied)
}

async fn active_policy(
    storage: &dyn Storage,
    tenant: TenantId,
) -> Result<Option<ActivePolicy>, StorageError> {
    let tenant = storage.tenant(tenant);
    let Some(active) = tenant.policies().activation().await?.active else {
        return Ok(None);
    };
    let policy = tenant.policies().lookup(&active).await?;
    Ok(policy.map(|policy| ActivePolicy {
        id: policy.id,
        number: policy.number,
        source: policy.source,
    }))
}

/// The permissions of the catalogue that `scope` names; a wildcard is none.
async fn permissions(
    storage: &dyn Storage,
    tenant: TenantId,
    scope: &Scope,
) -> Result<Vec<Permission>, StorageError> {
    let named = scope
        .tokens()
        .filter_map(|token| token.as_str().parse().ok());
    let mut named: Vec<Permission> = named.filter(|p: &Permission| !p.is_wildcard()).collect();
    if named.is_empty() {
        return Ok(named);
    }
    let tenant = storage.tenant(tenant);
    let missing = tenant.permissions().missing(&named).await?;
    named.retain(|permission| !missing.contains(permission));
    Ok(named)
}
