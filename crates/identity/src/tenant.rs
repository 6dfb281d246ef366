use iam_model::{Tenant, TenantId, TenantName, TenantStatus};
use iam_platform::random;

use crate::{IdentityError, IdentityPorts};

/// Creates an active tenant. Nothing is set up per tenant but its row.
pub async fn create_tenant(
    ports: &IdentityPorts<'_>,
    name: TenantName,
    display_name: String,
) -> Result<Tenant, IdentityError> {
    let now = ports.platform.now();
    let tenant = Tenant {
        id: TenantId::generate(now, random(ports.platform)),
        name,
        display_name,
        status: TenantStatus::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    ports.storage.tenants().add(&tenant).await?;
    Ok(tenant)
}
