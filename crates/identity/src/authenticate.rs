use iam_model::{
    ActorRef, Client, Principal, Resource, ResourceKind, Tenant, TenantName, TenantStatus, UserId,
    UserStatus,
};
use iam_security::{AccessToken, ApiKeySecret, Expected, verify_access_token};

use crate::{Actor, IdentityError, IdentityPorts};

/// Who `bearer` stands for, and their tenant: a service account by its API key, or a user by an
/// access token of ours.
///
/// A user's permissions are read from the database, not from the token: one who was disabled, or
/// lost a role, administers nothing from that moment.
pub async fn authenticate(
    ports: &IdentityPorts<'_>,
    operator: &TenantName,
    bearer: &str,
) -> Result<(Actor, Tenant), IdentityError> {
    // Neither looks like the other: a key has no dots.
    if let Ok(secret) = bearer.parse() {
        return service_account(ports, operator, &secret).await;
    }
    let (_, principal, _) = authenticated_user(ports, bearer).await?;
    Ok(user(operator, principal))
}

async fn service_account(
    ports: &IdentityPorts<'_>,
    operator: &TenantName,
    secret: &ApiKeySecret,
) -> Result<(Actor, Tenant), IdentityError> {
    let principals = ports.storage.principals();
    let found = principals.find_by_api_key(&secret.id()).await?;
    let (tenant, key) = found.ok_or(IdentityError::Unauthenticated)?;
    let usable = key.is_usable(ports.platform.now()) && tenant.status == TenantStatus::Active;
    if !secret.matches(&key.digest) || !usable {
        return Err(IdentityError::Unauthenticated);
    }
    let actor = Actor {
        reference: reference(ResourceKind::ApiKey, key.id.to_string(), &tenant.name),
        permissions: key.permissions,
        operator: tenant.name == *operator,
        user: None,
    };
    Ok((actor, tenant))
}

async fn verified(ports: &IdentityPorts<'_>, bearer: &str) -> Result<AccessToken, IdentityError> {
    let jwks = ports.hydra.jwks().await?;
    let jwks =
        serde_json::from_slice(&jwks).map_err(|error| IdentityError::Internal(error.into()))?;
    let expected = Expected {
        issuer: ports.audience,
        audience: ports.audience,
    };
    verify_access_token(bearer, &jwks, &expected, ports.platform.now())
        .map_err(|_| IdentityError::Unauthenticated)
}

/// The user that `bearer`, an access token of ours, stands for, as they are now, and the client it
/// was issued to.
pub async fn authenticated_user(
    ports: &IdentityPorts<'_>,
    bearer: &str,
) -> Result<(AccessToken, Principal, Client), IdentityError> {
    let token = verified(ports, bearer).await?;
    let id: UserId = token
        .subject
        .parse()
        .map_err(|_| IdentityError::Unauthenticated)?;
    let principals = ports.storage.principals();
    let record = principals
        .lookup(&token.tenant, &id, &token.client_id)
        .await?;
    let active = |principal: &Principal| {
        principal.user.status == UserStatus::Active
            && principal.tenant.status == TenantStatus::Active
    };
    let principal = record.principal.filter(active);
    match (principal, record.client) {
        (Some(principal), Some(client)) => Ok((token, principal, client)),
        // The client may have been removed since.
        _ => Err(IdentityError::Unauthenticated),
    }
}

fn user(operator: &TenantName, principal: Principal) -> (Actor, Tenant) {
    let Principal { tenant, user, .. } = principal;
    let actor = Actor {
        reference: reference(ResourceKind::User, user.id.to_string(), &tenant.name),
        permissions: principal.permissions,
        operator: tenant.name == *operator,
        user: Some(user.id),
    };
    (actor, tenant)
}

fn reference(kind: ResourceKind, id: String, tenant: &TenantName) -> ActorRef {
    ActorRef {
        resource: Resource { kind, id },
        tenant: Some(tenant.clone()),
    }
}

/// The tenant that a request of `actor` acts on: the one it names, else `home`, the actor's own. To
/// who is no operator there is no other tenant than their own.
pub async fn acted_on(
    ports: &IdentityPorts<'_>,
    actor: &Actor,
    home: Tenant,
    named: Option<&TenantName>,
) -> Result<Tenant, IdentityError> {
    let Some(other) = named.filter(|name| **name != home.name) else {
        return Ok(home);
    };
    if !actor.operator {
        return Err(IdentityError::NotFound);
    }
    let found = ports.storage.tenants().find_by_name(other).await?;
    found.ok_or(IdentityError::NotFound)
}
