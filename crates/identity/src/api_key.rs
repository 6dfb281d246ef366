use std::time::Duration;

use iam_model::{ApiKey, ApiKeyId, Line, Permission, ResourceKind, Timestamp};
use iam_security::ApiKeySecret;
use iam_storage_ports::{Listing, Page};

use crate::{
    Admin, IdentityError,
    admin::WithDetails,
    permission::{ensure_in_catalogue, sorted},
};

/// How long a key works if nobody says.
const API_KEY_TIME: Duration = Duration::from_hours(90 * 24);

/// The longest that a key works which does not work for ever.
const MAX_TIME: Duration = Duration::from_hours(3650 * 24);

/// What an operator says of a service account's key.
pub struct ApiKeySpec {
    /// What it is for.
    pub name: Line,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// When it stops working; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key. Its secret is returned this once: a digest is all that is kept.
pub async fn create_api_key(
    admin: &Admin<'_>,
    spec: ApiKeySpec,
) -> Result<(ApiKey, ApiKeySecret), IdentityError> {
    ensure_may_define(admin, &spec).await?;
    ensure_end(admin, spec.expires_at).await?;
    let id = admin.id(ApiKeyId::generate);
    let secret = ApiKeySecret::generate(admin.ports.platform, id);
    let now = admin.now();
    let key = ApiKey {
        id,
        name: spec.name,
        digest: secret.digest(),
        permissions: sorted(spec.permissions),
        expires_at: spec.expires_at,
        revoked_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let change = admin.creation("api_key.created", ResourceKind::ApiKey, key.id);
    let change = change.with("name", key.name.as_str());
    admin.store().api_keys().add(&key, &change).await?;
    Ok((key, secret))
}

/// When a key stops working of which nobody says it: after [`API_KEY_TIME`], or with the key that
/// asks for it.
pub async fn default_api_key_end(admin: &Admin<'_>) -> Result<Timestamp, IdentityError> {
    let end = admin.now().plus(API_KEY_TIME);
    Ok(own_end(admin).await?.map_or(end, |own| own.min(end)))
}

/// Replaces what is said of a key that is not revoked.
pub async fn change_api_key(
    admin: &Admin<'_>,
    key: ApiKey,
    spec: ApiKeySpec,
) -> Result<ApiKey, IdentityError> {
    if key.revoked_at.is_some() {
        return Err(IdentityError::State("revoked"));
    }
    ensure_may_define(admin, &spec).await?;
    if spec.expires_at != key.expires_at {
        ensure_end(admin, spec.expires_at).await?;
    }
    let key = ApiKey {
        name: spec.name,
        permissions: sorted(spec.permissions),
        expires_at: spec.expires_at,
        updated_at: admin.now(),
        ..key
    };
    write(admin, key, "api_key.changed").await
}

/// Makes a key stop working, for good. Anybody who may write keys may do it, whatever the key may
/// do: a key that is out must not wait for somebody with more permissions.
pub async fn revoke_api_key(admin: &Admin<'_>, key: ApiKey) -> Result<ApiKey, IdentityError> {
    if key.revoked_at.is_some() {
        return Ok(key);
    }
    let now = admin.now();
    let key = ApiKey {
        revoked_at: Some(now),
        updated_at: now,
        ..key
    };
    write(admin, key, "api_key.revoked").await
}

/// Removes a key, which stops working with it.
pub async fn remove_api_key(admin: &Admin<'_>, key: &ApiKey) -> Result<(), IdentityError> {
    let change = admin.change("api_key.removed", ResourceKind::ApiKey, key.id);
    let change = change.with("name", key.name.as_str());
    Ok(admin.store().api_keys().remove(key, &change).await?)
}

/// The key with this id.
pub async fn api_key(admin: &Admin<'_>, id: &ApiKeyId) -> Result<ApiKey, IdentityError> {
    let found = admin.store().api_keys().lookup(id).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The keys; the revoked and the expired too.
pub async fn api_keys(admin: &Admin<'_>, page: &Page) -> Result<Listing<ApiKey>, IdentityError> {
    Ok(admin.store().api_keys().list(page).await?)
}

async fn write(admin: &Admin<'_>, key: ApiKey, action: &str) -> Result<ApiKey, IdentityError> {
    let change = admin.change(action, ResourceKind::ApiKey, key.id);
    let change = change.with("name", key.name.as_str());
    Ok(admin.store().api_keys().change(key, &change).await?)
}

async fn ensure_may_define(admin: &Admin<'_>, spec: &ApiKeySpec) -> Result<(), IdentityError> {
    ensure_in_catalogue(admin, &spec.permissions).await?;
    admin.actor.ensure_may_grant(&spec.permissions)
}

/// That a key can end at `end`. One that a key makes, or changes, ends no later than that key:
/// else a key could go on for ever without a person.
async fn ensure_end(admin: &Admin<'_>, end: Option<Timestamp>) -> Result<(), IdentityError> {
    let refused = |detail| Err(IdentityError::invalid("/expires_at", detail));
    let now = admin.now();
    match end {
        Some(end) if end <= now => return refused("is not in the future"),
        Some(end) if end > now.plus(MAX_TIME) => return refused("is more than 3650 days ahead"),
        _ => {}
    }
    match (own_end(admin).await?, end) {
        (Some(own), end) if end.is_none_or(|end| end > own) => {
            refused("is later than the end of the key that asks for it")
        }
        _ => Ok(()),
    }
}

/// When the key stops working that asks; `None` if it never does, or if a user asks.
async fn own_end(admin: &Admin<'_>) -> Result<Option<Timestamp>, IdentityError> {
    let actor = &admin.actor.reference.resource;
    if actor.kind != ResourceKind::ApiKey {
        return Ok(None);
    }
    let id = actor.id.parse().map_err(|_| IdentityError::Denied)?;
    let principals = admin.ports.storage.principals();
    let found = principals.find_by_api_key(&id).await?;
    let (_, own) = found.ok_or(IdentityError::Denied)?;
    Ok(own.expires_at)
}

#[cfg(test)]
mod tests;
