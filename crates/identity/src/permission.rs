use iam_model::{CatalogueEntry, Line, Permission, ResourceKind};
use iam_storage_ports::{Listing, Page};

use crate::{Admin, IdentityError};

/// The permissions of this API, which every tenant's roles can be made of.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("iam.audit.read", "Read the audit log"),
    ("iam.clients.read", "See OAuth 2.0 clients"),
    (
        "iam.clients.write",
        "Register, change and remove OAuth 2.0 clients",
    ),
    (
        "iam.encryption.write",
        "Encrypt stored secrets with the first encryption key",
    ),
    ("iam.groups.read", "See groups and their members"),
    (
        "iam.groups.write",
        "Make, change and remove groups, and say who is in them",
    ),
    ("iam.keys.read", "See API keys, not their secrets"),
    ("iam.keys.write", "Make and revoke API keys"),
    (
        "iam.permissions.grant",
        "Grant permissions that one does not hold, but for those of iam",
    ),
    (
        "iam.permissions.read",
        "See the permission catalogue and the authorization bundle",
    ),
    ("iam.permissions.write", "Change the permission catalogue"),
    ("iam.policies.read", "See the policy in all its versions"),
    (
        "iam.policies.write",
        "Upload, activate and roll back the policy",
    ),
    (
        "iam.roles.assign",
        "Give roles to users and groups, and take them",
    ),
    ("iam.roles.read", "See roles"),
    ("iam.roles.write", "Make, change and remove roles"),
    (
        "iam.signing.read",
        "See the keys that tokens are signed with",
    ),
    (
        "iam.signing.write",
        "Rotate the keys that tokens are signed with",
    ),
    (
        "iam.tenants.read",
        "See the tenant and its settings; for an operator, all tenants",
    ),
    (
        "iam.tenants.write",
        "Change the tenant's settings; for an operator, all tenants",
    ),
    (
        "iam.users.export",
        "Export all that is known of a user or of the tenant",
    ),
    (
        "iam.users.impersonate",
        "Act as another user of the tenant, through a client that may exchange tokens",
    ),
    ("iam.users.read", "See users"),
    (
        "iam.users.write",
        "Make, change, lock and delete users, and set their passwords",
    ),
];

/// Adds a permission to the tenant's catalogue.
pub async fn create_permission(
    admin: &Admin<'_>,
    permission: Permission,
    description: Line,
) -> Result<CatalogueEntry, IdentityError> {
    let refused = |detail: &str| IdentityError::invalid("/permission", detail);
    if permission.is_wildcard() {
        return Err(refused(
            "is a wildcard, which stands in roles, not in the catalogue",
        ));
    }
    if permission.as_str().starts_with("iam.") {
        return Err(refused("is under `iam.`, which is this API's own"));
    }
    let now = admin.now();
    let entry = CatalogueEntry {
        permission,
        description,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let id = &entry.permission;
    let change = admin.creation("permission.created", ResourceKind::Permission, id);
    admin.store().permissions().add(&entry, &change).await?;
    Ok(entry)
}

/// Replaces what is said of a permission.
pub async fn change_permission(
    admin: &Admin<'_>,
    entry: CatalogueEntry,
    description: Line,
) -> Result<CatalogueEntry, IdentityError> {
    let id = entry.permission.clone();
    let entry = CatalogueEntry {
        description,
        updated_at: admin.now(),
        ..entry
    };
    let change = admin.change("permission.changed", ResourceKind::Permission, id);
    Ok(admin.store().permissions().change(entry, &change).await?)
}

/// Removes a permission that no role names.
pub async fn remove_permission(
    admin: &Admin<'_>,
    entry: &CatalogueEntry,
) -> Result<(), IdentityError> {
    let id = &entry.permission;
    let change = admin.change("permission.removed", ResourceKind::Permission, id);
    Ok(admin.store().permissions().remove(entry, &change).await?)
}

/// The entry of this permission.
pub async fn permission(
    admin: &Admin<'_>,
    permission: &Permission,
) -> Result<CatalogueEntry, IdentityError> {
    let found = admin.store().permissions().lookup(permission).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The entries whose permission begins with `prefix`.
pub async fn permissions(
    admin: &Admin<'_>,
    prefix: Option<&str>,
    page: &Page,
) -> Result<Listing<CatalogueEntry>, IdentityError> {
    Ok(admin.store().permissions().list(prefix, page).await?)
}

/// That the tenant knows these permissions: a typo in a role would grant nothing, silently.
pub(crate) async fn ensure_in_catalogue(
    admin: &Admin<'_>,
    permissions: &[Permission],
) -> Result<(), IdentityError> {
    let asked: Vec<_> = permissions
        .iter()
        .filter(|permission| !is_built_in(permission))
        .cloned()
        .collect();
    let missing = admin.store().permissions().missing(&asked).await?;
    match missing.first() {
        None => Ok(()),
        Some(first) => Err(IdentityError::invalid(
            "/permissions",
            format!("`{first}` is not in the tenant's permission catalogue: add it there first"),
        )),
    }
}

fn is_built_in(permission: &Permission) -> bool {
    BUILT_IN
        .iter()
        .filter_map(|(name, _)| name.parse().ok())
        .any(|known| permission.covers(&known))
}

/// `values` in order and without repeats.
pub(crate) fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::{BUILT_IN, is_built_in};

    #[test]
    fn the_permissions_of_this_api_are_sorted_and_known() {
        assert!(BUILT_IN.is_sorted());
        for text in ["iam.users.read", "iam.users.*", "iam.*"] {
            assert!(is_built_in(&text.parse().unwrap()), "{text}");
        }
        for text in ["iam.users.fly", "order.read", "iamx.*"] {
            assert!(!is_built_in(&text.parse().unwrap()), "{text}");
        }
    }
}
