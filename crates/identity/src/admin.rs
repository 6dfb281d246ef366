use std::fmt::Display;

use iam_model::{
    ActorRef, AuditEvent, AuditEventId, Origin, Outcome, Resource, ResourceKind, Tenant, Timestamp,
};
use iam_platform::{Platform, random};
use iam_storage_ports::{Change, IdempotencyRecord, TenantStorage};
use serde_json::{Map, Value};

use crate::{Actor, IdentityError, IdentityPorts};

/// One administrative request: who asks, and on which tenant it acts.
///
/// The permission for the act itself was checked where the request came in. What a use case checks
/// beside is that nobody grants what they do not hold.
#[derive(Clone, Copy)]
pub struct Admin<'a> {
    /// What the use cases need.
    pub ports: IdentityPorts<'a>,
    /// Who asks.
    pub actor: &'a Actor,
    /// The tenant that is acted on.
    pub tenant: &'a Tenant,
    /// The id of the request in the logs.
    pub trace_id: &'a str,
    /// Where the request came from.
    pub origin: &'a Origin,
    /// What a create is recognised by when it is sent once more.
    pub idempotency: Option<&'a IdempotencyKey>,
}

/// What the sender of a create wants it to be recognised by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdempotencyKey {
    /// The SHA-256 of who sent it, to where, and the key: 64 hexadecimal digits.
    pub key: String,
    /// The SHA-256 of the request: 64 hexadecimal digits.
    pub fingerprint: String,
}

/// What something is called in the audit log.
pub struct Named(String);

impl<T: Display> From<T> for Named {
    fn from(id: T) -> Self {
        Self(id.to_string())
    }
}

impl<'a> Admin<'a> {
    /// What the program itself does, without a request.
    #[must_use]
    pub const fn of_system(
        ports: IdentityPorts<'a>,
        actor: &'a Actor,
        origin: &'a Origin,
        tenant: &'a Tenant,
    ) -> Self {
        Self {
            ports,
            actor,
            tenant,
            trace_id: "",
            origin,
            idempotency: None,
        }
    }

    /// The objects of the tenant that is acted on.
    #[must_use]
    pub fn store(&self) -> Box<dyn TenantStorage + 'a> {
        self.ports.storage.tenant(self.tenant.id)
    }

    /// The same request, acting on `tenant`.
    #[must_use]
    pub fn on(&self, tenant: &'a Tenant) -> Self {
        Self { tenant, ..*self }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ports.platform.now()
    }

    /// A new id, as in `admin.id(RoleId::generate)`.
    pub fn id<T>(&self, generate: impl Fn(Timestamp, [u8; 10]) -> T) -> T {
        generate(self.now(), random(self.ports.platform))
    }

    /// What goes into the audit log with a change: `action` done to the `kind` of this `id`.
    pub fn change(&self, action: &str, kind: ResourceKind, id: impl Into<Named>) -> Change {
        let Named(id) = id.into();
        let event = self.event(action, Outcome::Success, Resource { kind, id });
        Change::new(self.tenant.id, event)
    }

    /// [`change`](Self::change) for a create, which carries what it is recognised by.
    pub fn creation(&self, action: &str, kind: ResourceKind, id: impl Into<Named>) -> Change {
        let change = self.change(action, kind, id);
        let idempotency = self.idempotency.map(|own| IdempotencyRecord {
            key: own.key.clone(),
            fingerprint: own.fingerprint.clone(),
            target: change.event.target.id.clone(),
            created_at: change.event.at,
        });
        Change {
            idempotency,
            ..change
        }
    }

    /// An event of this request for the audit log.
    #[must_use]
    pub fn event(&self, action: &str, outcome: Outcome, target: Resource) -> AuditEvent {
        AuditEvent {
            trace_id: self.trace_id.to_owned(),
            ..event(
                self.ports.platform,
                &self.actor.reference,
                self.origin,
                (action, outcome, target),
            )
        }
    }

    /// What this create made when it was sent before; `None` if it was not.
    pub async fn replayed(&self) -> Result<Option<String>, IdentityError> {
        let Some(own) = self.idempotency else {
            return Ok(None);
        };
        match self.store().idempotency().find_by_key(&own.key).await? {
            Some(record) if record.fingerprint == own.fingerprint => Ok(Some(record.target)),
            Some(_) => Err(IdentityError::IdempotencyKeyReused),
            None => Ok(None),
        }
    }
}

/// An event of now: what was done, how it ended, and to what.
pub(crate) fn event(
    platform: &dyn Platform,
    actor: &ActorRef,
    origin: &Origin,
    (action, outcome, target): (&str, Outcome, Resource),
) -> AuditEvent {
    let now = platform.now();
    AuditEvent {
        id: AuditEventId::generate(now, random(platform)),
        at: now,
        action: action.to_owned(),
        outcome,
        actor: actor.clone(),
        target,
        origin: Some(origin.salted(random(platform))),
        trace_id: String::new(),
        details: Map::new(),
    }
}

/// Adds what is worth knowing to an event on its way.
pub(crate) trait WithDetails {
    /// The change with `value` under `name` in its event's details.
    fn with(self, name: &str, value: impl Into<Value>) -> Self;
}

impl WithDetails for Change {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.event.details.insert(name.to_owned(), value.into());
        self
    }
}
