mod position;
#[cfg(test)]
mod tests;

use iam_model::{AuditEvent, Outcome, Resource, ResourceKind, Sealed, Tenant, TotpCredential};
use iam_security::{Keyring, Totp};
use iam_storage_ports::{Page, TenantFilter};

use self::position::Position;
use crate::{Admin, IdentityError};

/// How many tenants one call looks at.
const TENANTS: u16 = 100;

/// How many secrets are read and written at once, and how often one call does so.
const BATCH: u16 = 200;
const BATCHES: u8 = 5;

/// What became of the secrets that were not encrypted with the first key.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Resealed {
    /// Those that are now.
    pub resealed: u64,
    /// Those that no key opens.
    pub unopenable: u64,
    /// What to call it with again; `None` when it is done.
    pub next: Option<String>,
}

/// Encrypts with the first key what was encrypted with another, some of it at a time: the keys of
/// all tenants' users for codes by the time. Nothing else that is encrypted outlives its few minutes
/// or hours. When it is done, no key but the first is needed any more; but for what could not be
/// opened, which each of those users' audit logs tells.
///
/// It may run while users log in and enrol, and may be broken off and called again at any time.
pub async fn reseal_secrets(
    admin: &Admin<'_>,
    keyring: &Keyring,
    after: Option<String>,
) -> Result<Resealed, IdentityError> {
    reseal_in_batches(admin, keyring, after, BATCH).await
}

async fn reseal_in_batches(
    admin: &Admin<'_>,
    keyring: &Keyring,
    after: Option<String>,
    batch: u16,
) -> Result<Resealed, IdentityError> {
    let mut resealing = Resealing {
        admin,
        keyring,
        batch,
        batches: 0,
        at: Position::parse(after.as_deref())?,
        done: Resealed::default(),
    };
    let finished = resealing.run().await?;
    let Resealing { at, mut done, .. } = resealing;
    done.next = (!finished).then(|| at.to_string());
    let event = event_of(admin, &done);
    admin.store().audit().add(&[event]).await?;
    Ok(done)
}

struct Resealing<'a> {
    admin: &'a Admin<'a>,
    keyring: &'a Keyring,
    batch: u16,
    /// How many were done in this call.
    batches: u8,
    at: Position,
    done: Resealed,
}

impl Resealing<'_> {
    /// Goes on from where it is, and says whether it has come to the end.
    async fn run(&mut self) -> Result<bool, IdentityError> {
        let tenants = self.admin.ports.storage.tenants();
        if let Some((id, credential)) = self.at.within.take() {
            // If it is gone, so are its secrets.
            if let Some(tenant) = tenants.lookup(&id).await?
                && !self.reseal_tenant(&tenant, Some(credential)).await?
            {
                return Ok(false);
            }
        }
        loop {
            let filter = TenantFilter {
                status: self.at.status(),
                name_prefix: None,
            };
            let page = Page {
                after: self.at.after.map(|id| id.to_string()),
                limit: TENANTS,
            };
            let listing = tenants.list(&filter, &page).await?;
            for tenant in &listing.items {
                if !self.reseal_tenant(tenant, None).await? {
                    return Ok(false);
                }
            }
            if listing.next.is_some() {
                return Ok(false);
            }
            if !self.at.go_on_with_deleted() {
                return Ok(true);
            }
        }
    }

    /// Does what a tenant has after a credential, and says whether it may go on with the next.
    async fn reseal_tenant(
        &mut self,
        tenant: &Tenant,
        mut after: Option<String>,
    ) -> Result<bool, IdentityError> {
        let prefix = self.keyring.current_prefix();
        loop {
            if self.batches == BATCHES {
                self.at.within = after.map(|credential| (tenant.id, credential));
                return Ok(false);
            }
            let store = self.admin.ports.storage.tenant(tenant.id);
            let credentials = store.credentials();
            let page = Page {
                after,
                limit: self.batch,
            };
            let listing = credentials.list_sealed_otherwise(&prefix, &page).await?;
            if !listing.items.is_empty() {
                self.reseal_batch(tenant, &listing.items).await?;
                self.batches += 1;
            }
            if listing.next.is_none() {
                self.at.after = Some(tenant.id);
                return Ok(true);
            }
            after = listing.next;
        }
    }

    async fn reseal_batch(
        &mut self,
        tenant: &Tenant,
        batch: &[TotpCredential],
    ) -> Result<(), IdentityError> {
        let store = self.admin.ports.storage.tenant(tenant.id);
        let (mut resealed, mut unopenable) = (Vec::new(), Vec::new());
        for totp in batch {
            match self.seal(tenant, totp) {
                Some(secret) => resealed.push((totp.clone(), secret)),
                None => unopenable.push(self.unreadable(tenant, totp)),
            }
        }
        if !resealed.is_empty() {
            store.credentials().reseal(&resealed).await?;
        }
        if !unopenable.is_empty() {
            store.audit().add(&unopenable).await?;
        }
        self.done.resealed += count(&resealed);
        self.done.unopenable += count(&unopenable);
        Ok(())
    }

    fn seal(&self, tenant: &Tenant, totp: &TotpCredential) -> Option<Sealed> {
        let user = &totp.user_id;
        let opened = Totp::open(self.keyring, &totp.secret, &tenant.id, user).ok()?;
        let platform = self.admin.ports.platform;
        Some(opened.seal(self.keyring, platform, &tenant.id, user))
    }

    /// What tells whom an operator has to reset.
    fn unreadable(&self, tenant: &Tenant, totp: &TotpCredential) -> AuditEvent {
        let target = Resource {
            kind: ResourceKind::User,
            id: totp.user_id.to_string(),
        };
        let admin = self.admin.on(tenant);
        let mut event = admin.event("user.credential_unreadable", Outcome::Warning, target);
        let credential = totp.id.to_string();
        event
            .details
            .insert("credential".to_owned(), credential.into());
        event
    }
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

fn event_of(admin: &Admin<'_>, done: &Resealed) -> AuditEvent {
    let target = Resource {
        kind: ResourceKind::System,
        id: String::new(),
    };
    let mut event = admin.event("secrets.resealed", Outcome::Success, target);
    for (name, count) in [("resealed", done.resealed), ("unopenable", done.unopenable)] {
        event.details.insert(name.to_owned(), count.into());
    }
    event
}
