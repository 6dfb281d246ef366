use iam_model::{Permission, Role, RoleId, RoleName, TenantId, UserId};
use iam_platform::random;

use crate::{IdentityError, IdentityPorts};

/// Creates a role of a tenant.
pub async fn create_role(
    ports: &IdentityPorts<'_>,
    tenant: TenantId,
    name: RoleName,
    mut permissions: Vec<Permission>,
) -> Result<Role, IdentityError> {
    permissions.sort();
    permissions.dedup();
    let now = ports.platform.now();
    let role = Role {
        id: RoleId::generate(now, random(ports.platform)),
        name,
        permissions,
        created_at: now,
    };
    ports.storage.tenant(tenant).roles().add(&role).await?;
    Ok(role)
}

/// Gives a role to a user of the same tenant.
pub async fn assign_role(
    ports: &IdentityPorts<'_>,
    tenant: TenantId,
    role: &RoleId,
    user: &UserId,
) -> Result<(), IdentityError> {
    let tenant = ports.storage.tenant(tenant);
    Ok(tenant.roles().assign(role, user).await?)
}
