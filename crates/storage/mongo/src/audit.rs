use async_trait::async_trait;
use iam_model::{ActorRef, AuditEvent, AuditEventId, Origin, Resource, Seal, TenantId, UserId};
use iam_storage_ports::{AuditFilter, AuditRepository, Listing, Page, SealedEvent, StorageError};
use serde_json::{Value, json};

use crate::{
    collection::Collection,
    command::{Command, Filter},
    document::{Document, Fields, ID, UNIT, long},
    storage::MongoTenant,
    unit::{Query, Unit},
};

const OWN: Collection = Collection::AuditEvents;
const HEADS: Collection = Collection::AuditHeads;

#[async_trait(?Send)]
impl AuditRepository for MongoTenant<'_> {
    async fn add(&self, events: &[AuditEvent]) -> Result<(), StorageError> {
        if let [event] = events {
            return self.add_one(event).await;
        }
        let queries = vec![self.with_keys(OWN, events.iter().map(|event| event.id))];
        self.write_quietly(queries, |unit| {
            let mut events = events.iter();
            events.try_for_each(|event| unit.add(OWN, document(self.id, event)?))
        })
        .await
    }

    async fn list(
        &self,
        filter: &AuditFilter,
        page: &Page,
    ) -> Result<Listing<SealedEvent>, StorageError> {
        let time = |at: iam_model::Timestamp| at.as_millis();
        let wanted = self
            .own()
            .has_if("actor_id", filter.actor.as_deref())
            .has_if("target_id", filter.target.as_deref())
            .begins("action", filter.action_prefix.as_deref())
            .has_if("outcome", filter.outcome)
            .between("happened_at", filter.from.map(time), filter.until.map(time));
        let key = |sealed: &SealedEvent| sealed.event.id.to_string();
        self.storage
            .list(OWN, (wanted, "id", page), read, key)
            .await
    }

    async fn sealed_after(
        &self,
        sequence: i64,
        limit: u16,
    ) -> Result<Vec<SealedEvent>, StorageError> {
        let filter = self
            .own()
            .and("sequence", json!({ "$gt": long(sequence.max(0)) }));
        let command = Command::find(OWN.name(), filter).sorted(&[("sequence", 1)]);
        let command = command.limit(limit.into());
        self.storage.all(Query::new(OWN, command), read).await
    }

    async fn head(&self) -> Result<Option<Seal>, StorageError> {
        let read = |head: &Document| read_seal(head.read(HEADS));
        self.storage.find(self.chain(), read).await
    }

    async fn unsealed(&self, limit: u16) -> Result<Vec<AuditEvent>, StorageError> {
        let filter = self.own().and("sequence", Value::Null);
        let command = Command::find(OWN.name(), filter).sorted(&[("id", 1)]);
        let command = command.limit(limit.into());
        let read = |document: &Document| Ok(read(document)?.event);
        self.storage.all(Query::new(OWN, command), read).await
    }

    async fn seal(
        &self,
        head: Option<&Seal>,
        places: &[(AuditEventId, Seal)],
    ) -> Result<(), StorageError> {
        let Some((_, last)) = places.last() else {
            return Ok(());
        };
        let queries = vec![
            self.chain(),
            self.with_keys(OWN, places.iter().map(|(id, _)| id)),
        ];
        self.write_quietly(queries, |unit| {
            self.advance(unit, head, last)?;
            let mut places = places.iter();
            places.try_for_each(|(id, seal)| self.place(unit, id, seal))
        })
        .await
    }
}

impl MongoTenant<'_> {
    /// The end of the chain.
    fn chain(&self) -> Query {
        Query::id(HEADS, &self.id.to_string())
    }

    /// Adds one event by itself, as every login does. One document is there or not, so it needs no
    /// unit of work; if its tenant goes meanwhile it is taken back.
    async fn add_one(&self, event: &AuditEvent) -> Result<(), StorageError> {
        let document = document(self.id, event)?.integer(UNIT, 0);
        let id = document.id().to_owned();
        // The mark of a tenant that was removed has no field `id`.
        let own = self.id.to_string();
        let tenant = Filter::id(&own).has("id", &own);
        let tenant = Command::find(Collection::Tenants.name(), tenant).limit(1);
        let tenant = tenant.only(&[ID]).must();
        let insert = Command::insert(OWN.name(), vec![json!(document)]).must();
        let answers = self
            .storage
            .settled([tenant.clone(), insert, tenant])
            .await?;
        match answers.as_slice() {
            [_] => Err(StorageError::NotFound),
            [_, _] => Err(StorageError::AlreadyExists),
            [_, _, still] if !still.documents.is_empty() => Ok(()),
            _ => {
                let gone = Command::delete(OWN, Filter::id(&id));
                self.storage.settled([gone]).await?;
                Err(StorageError::NotFound)
            }
        }
    }

    /// Moves the end of the chain from `head` to `last`.
    fn advance(
        &self,
        unit: &mut Unit,
        head: Option<&Seal>,
        last: &Seal,
    ) -> Result<(), StorageError> {
        let id = self.id.to_string();
        let stored = unit.get(HEADS, &id);
        let before = stored
            .map(|stored| read_seal(stored.read(HEADS)))
            .transpose()?;
        if before.as_ref() != head {
            return Err(StorageError::Stale);
        }
        let document = sealed(Document::new(&id).text("tenant_id", &id), last);
        if head.is_none() {
            return unit.add(HEADS, document);
        }
        unit.put(HEADS, document);
        Ok(())
    }

    /// Gives an event its place, unless it has one.
    fn place(&self, unit: &mut Unit, id: &AuditEventId, seal: &Seal) -> Result<(), StorageError> {
        let event = unit.get(OWN, &self.key(id));
        let event = event.filter(|event| event.number("sequence").is_none());
        let event = event.ok_or(StorageError::Stale)?.clone();
        unit.put(OWN, sealed(event, seal));
        Ok(())
    }
}

/// Erases where a user acted from, and where somebody did who may have been the user: a login that
/// failed. The chain holds digests of that only.
pub(crate) fn erase_origins(unit: &mut Unit, tenant: TenantId, user: UserId) {
    let erased = json!({ "$set": { "origin": null } });
    let did = Filter::of(tenant)
        .has("actor_id", user)
        .has("actor_kind", "user");
    let tried = Filter::of(tenant)
        .has("target_id", user)
        .has("target_kind", "user")
        .has("actor_kind", "anonymous");
    unit.alter(OWN, did, erased.clone());
    unit.alter(OWN, tried, erased);
}

/// An event that has no place in the chain yet.
pub(crate) fn document(tenant: TenantId, event: &AuditEvent) -> Result<Document, StorageError> {
    let document = Document::of_tenant(tenant, event.id)
        .text("id", event.id)
        .time("happened_at", event.at)
        .text("action", &event.action)
        .text("outcome", event.outcome)
        .text("actor_kind", event.actor.resource.kind)
        .text("actor_id", &event.actor.resource.id)
        .text_or_null("actor_tenant", event.actor.tenant.as_ref())
        .text("target_kind", event.target.kind)
        .text("target_id", &event.target.id)
        .text("trace_id", &event.trace_id)
        .integer_or_null("sequence", None)
        .json("details", &event.details)?;
    match &event.origin {
        Some(origin) => document.json("origin", origin),
        None => Ok(document.text_or_null("origin", None::<&str>)),
    }
}

fn sealed(document: Document, seal: &Seal) -> Document {
    document
        .integer("sequence", seal.sequence)
        .text("origin_digest", &seal.origin_digest)
        .text("hash", &seal.hash)
}

fn read(document: &Document) -> Result<SealedEvent, StorageError> {
    let fields = document.read(OWN);
    let is_sealed = document.number("sequence").is_some();
    let seal = is_sealed.then(|| read_seal(fields)).transpose()?;
    Ok(SealedEvent {
        event: read_event(fields)?,
        seal,
    })
}

fn read_event(fields: Fields<'_>) -> Result<AuditEvent, StorageError> {
    Ok(AuditEvent {
        id: fields.parsed("id")?,
        at: fields.time("happened_at")?,
        action: fields.text("action")?,
        outcome: fields.parsed("outcome")?,
        actor: ActorRef {
            resource: Resource {
                kind: fields.parsed("actor_kind")?,
                id: fields.text("actor_id")?,
            },
            tenant: fields.parsed_or_null("actor_tenant")?,
        },
        target: Resource {
            kind: fields.parsed("target_kind")?,
            id: fields.text("target_id")?,
        },
        origin: fields.json_or_default::<Option<Origin>>("origin")?,
        trace_id: fields.text("trace_id")?,
        details: fields.json("details")?,
    })
}

fn read_seal(fields: Fields<'_>) -> Result<Seal, StorageError> {
    Ok(Seal {
        sequence: fields.integer("sequence")?,
        origin_digest: fields.text("origin_digest")?,
        hash: fields.text("hash")?,
    })
}
