use async_trait::async_trait;
use iam_model::{ActorRef, AuditEvent, AuditEventId, Origin, Resource, Seal, TenantId, UserId};
use iam_storage_ports::{AuditFilter, AuditRepository, Listing, Page, SealedEvent, StorageError};
use serde_json::{Value as Json, json};

use crate::{
    Dialect, Row, SqlError, SqlTransport, Statement, Value, filter::Filter, row::Columns,
    statement::encode, storage::SqlTenant,
};

/// The columns that [`read`] reads.
const COLUMNS: &str = "\
    id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, \
    origin, trace_id, details, sequence, origin_digest, hash";

/// The columns of an event that has no place in the chain yet.
pub(crate) const WRITTEN: [&str; 13] = [
    "tenant_id",
    "id",
    "happened_at",
    "action",
    "outcome",
    "actor_kind",
    "actor_id",
    "actor_tenant",
    "target_kind",
    "target_id",
    "origin",
    "trace_id",
    "details",
];

const HEAD: &str = "select sequence, origin_digest, hash from audit_heads where tenant_id = ?";

const BEGIN: &str = "\
    insert into audit_heads (sequence, origin_digest, hash, tenant_id) values (?, ?, ?, ?)";

const ADVANCE: &str = "\
    update audit_heads set sequence = ?, origin_digest = ?, hash = ? \
    where tenant_id = ? and sequence = ? and origin_digest = ? and hash = ?";

const SEAL: &str = "\
    update audit_events set sequence = ?, origin_digest = ?, hash = ? \
    where tenant_id = ? and id = ? and sequence is null";

/// Of what the user did, and of what somebody did who may have been the user: a login that failed.
const ERASE_ORIGINS: [&str; 2] = [
    "update audit_events set origin = null \
     where tenant_id = ? and actor_id = ? and actor_kind = 'user'",
    "update audit_events set origin = null \
     where tenant_id = ? and target_id = ? and target_kind = 'user' and actor_kind = 'anonymous'",
];

#[async_trait(?Send)]
impl<T: SqlTransport> AuditRepository for SqlTenant<'_, T> {
    async fn add(&self, events: &[AuditEvent]) -> Result<(), StorageError> {
        let events = events.iter().map(|event| (&self.id, event));
        let statement = add(self.storage.dialect(), events)?;
        self.storage.run(&[statement]).await?;
        Ok(())
    }

    async fn list(
        &self,
        filter: &AuditFilter,
        page: &Page,
    ) -> Result<Listing<SealedEvent>, StorageError> {
        let key = |sealed: &SealedEvent| sealed.event.id.to_string();
        let query = list(&self.id, filter, page);
        self.storage.list(query, page, read, key).await
    }

    async fn sealed_after(
        &self,
        sequence: i64,
        limit: u16,
    ) -> Result<Vec<SealedEvent>, StorageError> {
        let query = Statement::new(format!(
            "select {COLUMNS} from audit_events where tenant_id = ? and sequence > ? \
             order by sequence limit ?"
        ));
        let query = query.bind(&self.id).bind(sequence).bind(i64::from(limit));
        self.storage.all(query, read).await
    }

    async fn head(&self) -> Result<Option<Seal>, StorageError> {
        let query = Statement::new(HEAD).bind(&self.id);
        let read = |row: &mut Row| read_seal(&mut row.of("audit_heads"));
        self.storage.find(query, read).await
    }

    async fn unsealed(&self, limit: u16) -> Result<Vec<AuditEvent>, StorageError> {
        let query = Statement::new(format!(
            "select {COLUMNS} from audit_events where tenant_id = ? and sequence is null \
             order by id limit ?"
        ));
        let query = query.bind(&self.id).bind(i64::from(limit));
        let read = |row: &mut Row| Ok(read(row)?.event);
        self.storage.all(query, read).await
    }

    async fn seal(
        &self,
        head: Option<&Seal>,
        places: &[(AuditEventId, Seal)],
    ) -> Result<(), StorageError> {
        let Some((_, last)) = places.last() else {
            return Ok(());
        };
        let mut unit = vec![advance(&self.id, head, last)];
        unit.extend(places.iter().map(|(id, seal)| {
            let statement = bind_seal(Statement::new(SEAL), seal);
            statement.bind(&self.id).bind(id).exactly(1)
        }));
        match self.storage.run(&unit).await {
            // Another has begun the chain.
            Err(SqlError::Unique) => Err(StorageError::Stale),
            other => Ok(other.map(drop)?),
        }
    }
}

/// Adds events, each to the log of its tenant.
pub(crate) fn add<'a>(
    dialect: Dialect,
    events: impl IntoIterator<Item = (&'a TenantId, &'a AuditEvent)>,
) -> Result<Statement, SqlError> {
    let columns = WRITTEN.join(", ");
    let rows = dialect.syntax().json_rows(&WRITTEN);
    let sql = format!("insert into audit_events ({columns}) select {columns} from {rows} e");
    let events = events.into_iter().map(|(log, event)| written(log, event));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    Statement::new(sql).bind_json(&events)
}

/// Erases where a user acted from; the chain holds digests of that only.
pub(crate) fn erase_origins(tenant: &TenantId, user: &UserId) -> [Statement; 2] {
    ERASE_ORIGINS.map(|sql| Statement::new(sql).bind(tenant).bind(user))
}

/// An event with the members [`WRITTEN`].
pub(crate) fn written(log: &TenantId, event: &AuditEvent) -> Result<Json, SqlError> {
    let origin = event.origin.as_ref().map(encode).transpose()?;
    Ok(json!({
        "tenant_id": log,
        "id": event.id,
        "happened_at": event.at,
        "action": event.action,
        "outcome": event.outcome,
        "actor_kind": event.actor.resource.kind,
        "actor_id": event.actor.resource.id,
        "actor_tenant": event.actor.tenant,
        "target_kind": event.target.kind,
        "target_id": event.target.id,
        "origin": origin,
        "trace_id": event.trace_id,
        "details": encode(&event.details)?,
    }))
}

fn list(tenant: &TenantId, filter: &AuditFilter, page: &Page) -> Statement {
    let outcome = filter.outcome.as_ref().map(Value::from);
    let whose = filter.actor.is_some() || filter.target.is_some();
    // The first page begins where the time does, which only the index over times knows; the others
    // begin where the one before ended.
    let by_time = filter.from.is_some() && page.after.is_none() && !whose;
    Filter::new("audit_events", "e", "id")
        .of(tenant)
        .and_if("e.actor_id = ?", filter.actor.as_deref())
        .and_if("e.target_id = ?", filter.target.as_deref())
        .begins("e.action", filter.action_prefix.as_deref())
        .and_if("e.outcome = ?", outcome)
        .and_if("e.happened_at >= ?", filter.from)
        .and_if("e.happened_at < ?", filter.until)
        .sorted_if(by_time)
        .page(COLUMNS, page)
}

/// Moves the end of the chain from `head` to `last`. Of many who do it at once one succeeds.
fn advance(tenant: &TenantId, head: Option<&Seal>, last: &Seal) -> Statement {
    let Some(head) = head else {
        return bind_seal(Statement::new(BEGIN), last).bind(tenant);
    };
    let statement = bind_seal(Statement::new(ADVANCE), last).bind(tenant);
    bind_seal(statement, head).exactly(1)
}

fn bind_seal(statement: Statement, seal: &Seal) -> Statement {
    statement
        .bind(seal.sequence)
        .bind(seal.origin_digest.as_str())
        .bind(seal.hash.as_str())
}

/// Reads [`COLUMNS`].
fn read(row: &mut Row) -> Result<SealedEvent, StorageError> {
    let event = read_event(&mut row.of("audit_events"))?;
    let seal = row.optional(3, |row| read_seal(&mut row.of("audit_events")))?;
    Ok(SealedEvent { event, seal })
}

fn read_event(row: &mut Columns<'_>) -> Result<AuditEvent, StorageError> {
    Ok(AuditEvent {
        id: row.parsed("id")?,
        at: row.time("happened_at")?,
        action: row.text("action")?,
        outcome: row.parsed("outcome")?,
        actor: ActorRef {
            resource: Resource {
                kind: row.parsed("actor_kind")?,
                id: row.text("actor_id")?,
            },
            tenant: row.parsed_or_null("actor_tenant")?,
        },
        target: Resource {
            kind: row.parsed("target_kind")?,
            id: row.text("target_id")?,
        },
        origin: row.json_or_default::<Option<Origin>>("origin")?,
        trace_id: row.text("trace_id")?,
        details: row.json("details")?,
    })
}

fn read_seal(row: &mut Columns<'_>) -> Result<Seal, StorageError> {
    Ok(Seal {
        sequence: row.integer("sequence")?,
        origin_digest: row.text("origin_digest")?,
        hash: row.text("hash")?,
    })
}
