use iam_model::Seal;
use iam_storage_ports::{AuditFilter, AuditRepository, Listing, Page, SealedEvent, StorageError};

use crate::{Admin, Dependency, IdentityError};

mod canonical;
mod chain;

pub use chain::{Breach, Link};

/// How many events are sealed, or read, in one round trip.
const BATCH: u16 = 500;

/// How many batches one request seals or verifies: it has to end in time.
const BATCHES: usize = 20;

/// How often in a row others may seal first before the request is told to come again.
const ATTEMPTS: usize = 10;

/// How many pages one export holds: all of it is in memory at once.
const PAGES: usize = 5;

/// A part of the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EventExport {
    /// The events, the oldest first.
    pub events: Vec<SealedEvent>,
    /// Where to go on; `None` if that is all.
    pub next: Option<String>,
    /// The end of the chain: what to keep elsewhere.
    pub head: Link,
}

/// What a verification found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verification {
    /// How many events are as they were sealed.
    pub events: u64,
    /// The last of them: where the next verification goes on, and what to keep elsewhere.
    pub link: Link,
    /// What is wrong with the event of this sequence; `None` if nothing is.
    pub broken: Option<(i64, Breach)>,
    /// Whether the end of the log was reached. A long log takes several calls.
    pub complete: bool,
}

/// Gives the tenant's events that have none their places in the hash chain, 10,000 at most, and
/// returns the end of the chain.
pub async fn seal_events(admin: &Admin<'_>) -> Result<Option<Seal>, IdentityError> {
    let store = admin.store();
    let audit = store.audit();
    let mut head = audit.head().await?;
    for _ in 0..BATCHES {
        let (sealed, more) = seal_batch(audit, head).await?;
        head = sealed;
        if !more {
            break;
        }
    }
    Ok(head)
}

/// Seals up to [`BATCH`] events behind `head`, and says whether there may be more.
async fn seal_batch(
    audit: &dyn AuditRepository,
    mut head: Option<Seal>,
) -> Result<(Option<Seal>, bool), IdentityError> {
    for _ in 0..ATTEMPTS {
        let events = audit.unsealed(BATCH).await?;
        if events.is_empty() {
            return Ok((head, false));
        }
        let places = chain::places(head.as_ref(), &events).map_err(unwritable)?;
        match audit.seal(head.as_ref(), &places).await {
            Ok(()) => {
                let head = places.into_iter().next_back().map(|(_, seal)| seal);
                return Ok((head, events.len() == usize::from(BATCH)));
            }
            Err(StorageError::Stale) => head = audit.head().await?,
            Err(error) => return Err(error.into()),
        }
    }
    let busy = StorageError::Unavailable("others seal the audit log all the time".to_owned());
    Err(IdentityError::Unavailable(
        Dependency::Database,
        busy.into(),
    ))
}

/// The events that `filter` lets through, sealed.
pub async fn audit_events(
    admin: &Admin<'_>,
    filter: &AuditFilter,
    page: &Page,
) -> Result<Listing<SealedEvent>, IdentityError> {
    seal_events(admin).await?;
    Ok(admin.store().audit().list(filter, page).await?)
}

/// The events that `filter` lets through from the one after `after` on, 5,000 at most.
pub async fn export_events(
    admin: &Admin<'_>,
    filter: &AuditFilter,
    after: Option<String>,
) -> Result<EventExport, IdentityError> {
    let head = seal_events(admin).await?;
    let store = admin.store();
    let mut export = EventExport {
        events: Vec::new(),
        next: after,
        head: head.as_ref().map_or_else(Link::start, Link::from),
    };
    for _ in 0..PAGES {
        let page = Page {
            after: export.next.take(),
            limit: Page::MAX,
        };
        let listing = store.audit().list(filter, &page).await?;
        export.events.extend(listing.items);
        export.next = listing.next;
        if export.next.is_none() {
            break;
        }
    }
    Ok(export)
}

/// Goes through the chain from the event after `link` on, 10,000 at most. If `link` was kept
/// elsewhere, this also tells whether the log still holds it.
pub async fn verify_events(admin: &Admin<'_>, link: Link) -> Result<Verification, IdentityError> {
    let head = seal_events(admin).await?;
    let store = admin.store();
    let lacking = breach_of(store.audit(), &link).await?;
    let mut found = Verification {
        events: 0,
        broken: lacking.map(|breach| (link.sequence, breach)),
        link,
        complete: false,
    };
    for _ in 0..BATCHES {
        if found.broken.is_some() || found.complete {
            break;
        }
        let events = store
            .audit()
            .sealed_after(found.link.sequence, BATCH)
            .await?;
        found.complete = events.len() < usize::from(BATCH);
        found.go_through(&events)?;
    }
    found.reach(head.as_ref());
    Ok(found)
}

/// What is wrong with `link` itself, which is to be in the log.
async fn breach_of(
    audit: &dyn AuditRepository,
    link: &Link,
) -> Result<Option<Breach>, IdentityError> {
    if link.sequence <= 0 {
        return Ok((*link != Link::start()).then_some(Breach::Changed));
    }
    let there = audit.sealed_after(link.sequence - 1, 1).await?;
    let seal = there.first().and_then(|event| event.seal.as_ref());
    Ok(match seal.map(Link::from) {
        Some(stored) if stored == *link => None,
        Some(stored) if stored.sequence == link.sequence => Some(Breach::Changed),
        _ => Some(Breach::Missing),
    })
}

impl Verification {
    fn go_through(&mut self, events: &[SealedEvent]) -> Result<(), IdentityError> {
        for event in events {
            let breach = chain::follow(&mut self.link, event).map_err(unwritable)?;
            if let Some(breach) = breach {
                self.broken = Some((self.link.sequence + 1, breach));
                self.complete = false;
                break;
            }
            self.events += 1;
        }
        Ok(())
    }

    /// That the end is not before `head`, where sealing got to: else it was cut off.
    fn reach(&mut self, head: Option<&Seal>) {
        let short = head.is_some_and(|head| head.sequence > self.link.sequence);
        if self.complete && short {
            self.broken = Some((self.link.sequence + 1, Breach::Missing));
            self.complete = false;
        }
    }
}

fn unwritable(error: serde_json::Error) -> IdentityError {
    IdentityError::Internal(error.into())
}

#[cfg(test)]
mod tests;
