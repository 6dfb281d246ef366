mod settings;

use iam_model::{Line, ResourceKind, Tenant, TenantId, TenantName, TenantSettings, TenantStatus};
use iam_storage_ports::{Listing, Page, TenantFilter};

use crate::{Admin, IdentityError, admin::WithDetails, resync_clients};
use settings::ensure_settings;

/// What an operator says of a tenant.
pub struct TenantSpec {
    /// What people call it.
    pub display_name: Line,
    /// What it decides for its users and clients.
    pub settings: TenantSettings,
}

/// Makes an active tenant. Nothing is set up per tenant but its row.
pub async fn create_tenant(
    admin: &Admin<'_>,
    name: TenantName,
    spec: TenantSpec,
) -> Result<Tenant, IdentityError> {
    ensure_settings(&spec.settings)?;
    let id = admin.id(TenantId::generate);
    let display_name = spec.display_name.to_string();
    let tenant = Tenant {
        settings: spec.settings,
        ..Tenant::new(id, name, display_name, admin.now())
    };
    let change = admin.creation("tenant.created", ResourceKind::Tenant, &tenant.name);
    admin.ports.storage.tenants().add(&tenant, &change).await?;
    Ok(tenant)
}

/// The tenant of this name: to who is no operator there is none but their own.
pub async fn tenant(admin: &Admin<'_>, name: &TenantName) -> Result<Tenant, IdentityError> {
    if !admin.actor.operator && admin.actor.home() != Some(name) {
        return Err(IdentityError::NotFound);
    }
    let found = admin.ports.storage.tenants().find_by_name(name).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The tenants that `filter` lets through.
pub async fn tenants(
    admin: &Admin<'_>,
    filter: &TenantFilter,
    page: &Page,
) -> Result<Listing<Tenant>, IdentityError> {
    Ok(admin.ports.storage.tenants().list(filter, page).await?)
}

/// Replaces what is said of a tenant. New token lifetimes are told to Hydra, for each client.
pub async fn change_tenant(
    admin: &Admin<'_>,
    tenant: Tenant,
    spec: TenantSpec,
) -> Result<Tenant, IdentityError> {
    ensure_is_there(&tenant)?;
    ensure_settings(&spec.settings)?;
    let before = tenant.settings.token_lifetimes;
    let changed = Tenant {
        display_name: spec.display_name.to_string(),
        settings: spec.settings,
        ..tenant
    };
    let tenant = write(admin, changed, "tenant.changed").await?;
    if tenant.settings.token_lifetimes != before {
        resync_clients(&admin.on(&tenant)).await?;
    }
    Ok(tenant)
}

/// Lets a tenant's users log in again.
pub async fn activate_tenant(admin: &Admin<'_>, tenant: Tenant) -> Result<Tenant, IdentityError> {
    ensure_is_there(&tenant)?;
    change_status(admin, tenant, TenantStatus::Active, "tenant.activated").await
}

/// Shuts a tenant's users out: none logs in, and refreshes are refused.
pub async fn suspend_tenant(admin: &Admin<'_>, tenant: Tenant) -> Result<Tenant, IdentityError> {
    ensure_is_there(&tenant)?;
    ensure_is_not_home(admin, &tenant)?;
    change_status(admin, tenant, TenantStatus::Suspended, "tenant.suspended").await
}

/// Deletes a tenant. It can be restored until its retention time is over.
pub async fn delete_tenant(admin: &Admin<'_>, tenant: Tenant) -> Result<Tenant, IdentityError> {
    ensure_is_not_home(admin, &tenant)?;
    change_status(admin, tenant, TenantStatus::Deleted, "tenant.deleted").await
}

/// Brings a deleted tenant back, suspended: whoever restores it looks at it before its users do.
pub async fn restore_tenant(admin: &Admin<'_>, tenant: Tenant) -> Result<Tenant, IdentityError> {
    match tenant.status {
        TenantStatus::Deleted => {
            change_status(admin, tenant, TenantStatus::Suspended, "tenant.restored").await
        }
        TenantStatus::Active | TenantStatus::Suspended => Ok(tenant),
    }
}

/// Removes a tenant and all that belongs to it, for good (GDPR art. 17).
pub async fn erase_tenant(admin: &Admin<'_>, tenant: &Tenant) -> Result<(), IdentityError> {
    ensure_is_not_home(admin, tenant)?;
    let store = admin.ports.storage.tenant(tenant.id);
    loop {
        // Hydra first: a client there must not outlive the record of whose it is.
        let page = store.clients().list(None, &Page::first(100)).await?;
        for client in &page.items {
            admin.ports.hydra.remove_client(&client.id).await?;
            let gone = admin
                .on(tenant)
                .change("client.removed", ResourceKind::Client, &client.id);
            store.clients().remove(client, &gone).await?;
        }
        if page.next.is_none() {
            break;
        }
    }
    // The tenant's own log goes with it: that it was erased stands in the operator's.
    let change = admin.change("tenant.erased", ResourceKind::Tenant, &tenant.name);
    Ok(admin
        .ports
        .storage
        .tenants()
        .remove(tenant, &change)
        .await?)
}

async fn change_status(
    admin: &Admin<'_>,
    tenant: Tenant,
    status: TenantStatus,
    action: &str,
) -> Result<Tenant, IdentityError> {
    if tenant.status == status {
        return Ok(tenant);
    }
    write(admin, Tenant { status, ..tenant }, action).await
}

async fn write(
    admin: &Admin<'_>,
    mut tenant: Tenant,
    action: &str,
) -> Result<Tenant, IdentityError> {
    tenant.updated_at = admin.now();
    let here = tenant.clone();
    let change = admin
        .on(&here)
        .change(action, ResourceKind::Tenant, &tenant.name);
    let change = change.with("status", tenant.status.as_str());
    Ok(admin
        .ports
        .storage
        .tenants()
        .change(tenant, &change)
        .await?)
}

const fn ensure_is_there(tenant: &Tenant) -> Result<(), IdentityError> {
    match tenant.status {
        TenantStatus::Deleted => Err(IdentityError::State("deleted")),
        TenantStatus::Active | TenantStatus::Suspended => Ok(()),
    }
}

/// Whoever shuts their own tenant out cannot let it in again.
fn ensure_is_not_home(admin: &Admin<'_>, tenant: &Tenant) -> Result<(), IdentityError> {
    if admin.actor.home() == Some(&tenant.name) {
        return Err(IdentityError::State("the tenant you belong to yourself"));
    }
    Ok(())
}
