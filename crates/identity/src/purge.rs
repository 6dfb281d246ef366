use std::time::Duration;

use iam_model::{ResourceKind, Tenant, TenantStatus, Timestamp};
use iam_storage_ports::{Page, StorageError, TenantFilter};

use crate::{Admin, IdentityError, erase_tenant};

/// How long a create is recognised when it is sent once more.
pub const IDEMPOTENCY_TIME: Duration = Duration::from_hours(24);

/// How many tenants one call looks at.
const TENANTS: u16 = 100;

/// How many deleted users one call removes of one tenant.
const USERS: u16 = 100;

/// What a purge has removed, and where it has to go on.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Purged {
    /// Tenants whose retention time was over.
    pub tenants: u64,
    /// Users whose retention time was over.
    pub users: u64,
    /// Records of creates that are not recognised any more.
    pub idempotency_keys: u64,
    /// What to call it with again; `None` when it is done.
    pub next: Option<String>,
}

/// Removes for good what was deleted and whose retention time is over, some tenants at a time.
pub async fn purge(admin: &Admin<'_>, after: Option<String>) -> Result<Purged, IdentityError> {
    let mut purged = Purged::default();
    let page = Page {
        after,
        limit: TENANTS,
    };
    let tenants = admin.ports.storage.tenants();
    let listing = tenants.list(&TenantFilter::default(), &page).await?;
    for tenant in &listing.items {
        purge_tenant(&admin.on(tenant), &mut purged).await?;
    }
    if page.after.is_none() {
        purge_deleted_tenants(admin, &mut purged).await?;
    }
    purged.next = listing.next;
    Ok(purged)
}

async fn purge_tenant(admin: &Admin<'_>, purged: &mut Purged) -> Result<(), IdentityError> {
    let store = admin.store();
    let now = admin.now();
    let records = store.idempotency().purge(before(now, IDEMPOTENCY_TIME));
    purged.idempotency_keys += records.await?;
    store.one_time_codes().purge(now).await?;
    let retention = retention(admin.tenant);
    loop {
        let gone = store
            .users()
            .deleted_before(before(now, retention), USERS)
            .await?;
        for id in &gone {
            let Some(user) = store.users().lookup(id).await? else {
                continue;
            };
            let change = admin.change("user.purged", ResourceKind::User, id);
            match store.users().remove(&user, &change).await {
                Ok(()) => purged.users += 1,
                // Restored, or purged by another, in this moment.
                Err(StorageError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if gone.len() < usize::from(USERS) {
            return Ok(());
        }
    }
}

async fn purge_deleted_tenants(
    admin: &Admin<'_>,
    purged: &mut Purged,
) -> Result<(), IdentityError> {
    let filter = TenantFilter {
        status: Some(TenantStatus::Deleted),
        name_prefix: None,
    };
    let mut page = Page::first(TENANTS);
    loop {
        let listing = admin.ports.storage.tenants().list(&filter, &page).await?;
        for tenant in &listing.items {
            if tenant.updated_at < before(admin.now(), retention(tenant)) {
                erase_tenant(admin, tenant).await?;
                purged.tenants += 1;
            }
        }
        if listing.next.is_none() {
            return Ok(());
        }
        page.after = listing.next;
    }
}

fn retention(tenant: &Tenant) -> Duration {
    Duration::from_hours(24 * u64::from(tenant.settings.retention_days))
}

fn before(now: Timestamp, duration: Duration) -> Timestamp {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_sub(millis))
}
