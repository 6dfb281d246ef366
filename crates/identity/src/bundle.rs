use std::collections::BTreeMap;

use iam_model::{Role, RoleId, RoleName};
use iam_policy::{BundledRole, bundle};
use iam_storage_ports::RoleFilter;

use crate::{Admin, IdentityError, listing::all};

/// The tenant's roles and what they allow as an OPA bundle: a gzipped tar, whose bytes are the same
/// as long as the roles are.
pub async fn authz_bundle(admin: &Admin<'_>) -> Result<Vec<u8>, IdentityError> {
    let store = admin.store();
    let filter = RoleFilter::default();
    let roles: Vec<Role> = all(async |page| store.roles().list(&filter, &page).await).await?;
    // Roles that have not changed have the same revision, whoever asks.
    let changed = roles.iter().map(|role| role.updated_at.as_millis()).max();
    let revision = format!("{}-{}", roles.len(), changed.unwrap_or_default());
    let names: BTreeMap<RoleId, RoleName> = roles
        .iter()
        .map(|role| (role.id, role.name.clone()))
        .collect();
    let bundled: Vec<_> = roles
        .into_iter()
        .map(|role| BundledRole {
            includes: role
                .includes
                .iter()
                .filter_map(|id| names.get(id).cloned())
                .collect(),
            name: role.name,
            permissions: role.permissions,
        })
        .collect();
    Ok(bundle(&admin.tenant.name, &bundled, &revision))
}
