use iam_model::{
    ActorRef, AuditEvent, AuditEventId, Outcome, Resource, ResourceKind, Tenant, UserId,
};
use iam_platform::random;
use iam_storage_ports::Change;
use serde_json::{Map, Value};

use crate::{AccountError, AccountPorts};

/// What goes into the audit log with a change: the user has done `action` to themself.
pub(crate) fn own_change(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: &UserId,
    action: &str,
) -> Change {
    let event = event(ports, tenant, Some(user), (action, Outcome::Success));
    Change::new(tenant.id, event)
}

/// What goes into the audit log when somebody asks, of whom only a name or an address is known.
/// Whether there is such a user stands in the log alone.
pub(crate) fn asked(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: Option<&UserId>,
    action: &str,
) -> Change {
    let outcome = user.map_or(Outcome::Denied, |_| Outcome::Success);
    let mut event = event(ports, tenant, user, (action, outcome));
    event.actor.resource = Resource {
        kind: ResourceKind::Anonymous,
        id: String::new(),
    };
    Change::new(tenant.id, event)
}

/// Notes that the user, or who has their token, did not prove who they are.
pub(crate) async fn refused(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: &UserId,
    (action, reason): (&str, &str),
) -> Result<(), AccountError> {
    let mut event = event(ports, tenant, Some(user), (action, Outcome::Denied));
    event.details.insert("reason".to_owned(), reason.into());
    Ok(ports
        .storage
        .tenant(tenant.id)
        .audit()
        .add(&[event])
        .await?)
}

/// Adds what is worth knowing to an event on its way.
pub(crate) fn with(mut change: Change, name: &str, value: impl Into<Value>) -> Change {
    change.event.details.insert(name.to_owned(), value.into());
    change
}

fn event(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: Option<&UserId>,
    (action, outcome): (&str, Outcome),
) -> AuditEvent {
    let now = ports.platform.now();
    let resource = Resource {
        kind: ResourceKind::User,
        id: user.map(ToString::to_string).unwrap_or_default(),
    };
    AuditEvent {
        id: AuditEventId::generate(now, random(ports.platform)),
        at: now,
        action: action.to_owned(),
        outcome,
        actor: ActorRef {
            resource: resource.clone(),
            tenant: Some(tenant.name.clone()),
        },
        target: resource,
        origin: Some(ports.sender.origin.salted(random(ports.platform))),
        trace_id: ports.sender.trace_id.clone(),
        details: Map::new(),
    }
}
