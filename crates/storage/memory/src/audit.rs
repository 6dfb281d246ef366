use async_trait::async_trait;
use iam_model::{AuditEvent, AuditEventId, ResourceKind, Seal, UserId};
use iam_storage_ports::{AuditFilter, AuditRepository, Listing, Page, SealedEvent, StorageError};

use crate::{storage::MemoryTenant, table, tables::TenantTables};

#[async_trait(?Send)]
impl AuditRepository for MemoryTenant<'_> {
    async fn add(&self, events: &[AuditEvent]) -> Result<(), StorageError> {
        self.storage.unit(|tables| {
            tables.write(self.id, |own| {
                events.iter().try_for_each(|event| own.add_event(event))
            })
        })
    }

    async fn list(
        &self,
        filter: &AuditFilter,
        page: &Page,
    ) -> Result<Listing<SealedEvent>, StorageError> {
        let wanted = |sealed: &SealedEvent| is_wanted(filter, &sealed.event);
        let events = &self.read().events;
        Ok(table::page(events, page, wanted, |sealed| {
            sealed.event.id.to_string()
        }))
    }

    async fn sealed_after(
        &self,
        sequence: i64,
        limit: u16,
    ) -> Result<Vec<SealedEvent>, StorageError> {
        let mut sealed: Vec<_> = self.read().events.values().cloned().collect();
        sealed.retain(|event| place(event) > sequence.max(0));
        sealed.sort_by_key(place);
        sealed.truncate(limit.into());
        Ok(sealed)
    }

    async fn head(&self) -> Result<Option<Seal>, StorageError> {
        Ok(self.read().head())
    }

    async fn unsealed(&self, limit: u16) -> Result<Vec<AuditEvent>, StorageError> {
        let own = self.read();
        let unsealed = own.events.values().filter(|event| event.seal.is_none());
        let unsealed = unsealed.map(|event| event.event.clone());
        Ok(unsealed.take(limit.into()).collect())
    }

    async fn seal(
        &self,
        head: Option<&Seal>,
        places: &[(AuditEventId, Seal)],
    ) -> Result<(), StorageError> {
        self.storage
            .unit(|tables| tables.write(self.id, |own| own.seal(head, places)))
    }
}

impl TenantTables {
    pub(crate) fn add_event(&mut self, event: &AuditEvent) -> Result<(), StorageError> {
        let event = SealedEvent {
            event: event.clone(),
            seal: None,
        };
        table::add(&mut self.events, event.event.id, &event)
    }

    /// Erases where the user acted from.
    pub(crate) fn erase_origins(&mut self, user: UserId) {
        let user = user.to_string();
        for sealed in self.events.values_mut() {
            let (actor, target) = (&sealed.event.actor.resource, &sealed.event.target);
            let did = actor.kind == ResourceKind::User && actor.id == user;
            // A failed login has the name and the address of who it was tried for.
            let tried = actor.kind == ResourceKind::Anonymous
                && target.kind == ResourceKind::User
                && target.id == user;
            if did || tried {
                sealed.event.origin = None;
            }
        }
    }

    fn head(&self) -> Option<Seal> {
        let last = self.events.values().max_by_key(|event| place(event));
        last.and_then(|event| event.seal.clone())
    }

    fn seal(
        &mut self,
        head: Option<&Seal>,
        places: &[(AuditEventId, Seal)],
    ) -> Result<(), StorageError> {
        if self.head().as_ref() != head {
            return Err(StorageError::Stale);
        }
        for (id, seal) in places {
            let event = self.events.get_mut(id).ok_or(StorageError::Stale)?;
            if event.seal.is_some() {
                return Err(StorageError::Stale);
            }
            event.seal = Some(seal.clone());
        }
        Ok(())
    }
}

/// Its place in the chain, which begins with 1.
fn place(event: &SealedEvent) -> i64 {
    event.seal.as_ref().map_or(0, |seal| seal.sequence)
}

fn is_wanted(filter: &AuditFilter, event: &AuditEvent) -> bool {
    let is = |wanted: &Option<String>, id: &String| wanted.as_ref().is_none_or(|w| w == id);
    is(&filter.actor, &event.actor.resource.id)
        && is(&filter.target, &event.target.id)
        && table::begins(&event.action, filter.action_prefix.as_deref())
        && filter.outcome.is_none_or(|wanted| wanted == event.outcome)
        && filter.from.is_none_or(|from| event.at >= from)
        && filter.until.is_none_or(|until| event.at < until)
}
