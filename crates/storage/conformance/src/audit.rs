//! A tenant's audit log.

use std::slice::from_ref;

use iam_model::{ActorRef, AuditEvent, Origin, Outcome, Resource, ResourceKind, Timestamp};
use iam_storage_ports::{AuditFilter, Page, SealedEvent, Storage};
use serde_json::json;

use crate::{
    assert::assert_error,
    fixture::{Here, event},
};

/// Events are added all or none: not if one of them is there already, nor without a tenant.
pub async fn events_are_added_all_or_none(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (first, second) = (event("a.b"), event("a.c"));
    let audit = here.audit();
    audit.add(from_ref(&first)).await.unwrap();
    let twice = audit.add(&[second.clone(), first.clone()]).await;
    assert_error!(twice, AlreadyExists);
    let twice = audit.add(&[second.clone(), second.clone()]).await;
    assert_error!(twice, AlreadyExists);
    assert!(is_logged(&here, &first).await);
    assert!(!is_logged(&here, &second).await);
    audit.add(&[]).await.unwrap();
    // Another tenant's log is another log.
    assert!(!is_logged(&other, &first).await);
    other.audit().add(&[first, second]).await.unwrap();
    let absent = Here::absent(storage);
    assert_error!(absent.audit().add(&[event("a.b")]).await, NotFound);
}

/// Whatever an event says is kept as it is.
pub async fn any_event_is_kept_as_it_is(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let bare = AuditEvent {
        at: Timestamp::from_millis(-1),
        outcome: Outcome::Denied,
        origin: None,
        trace_id: String::new(),
        ..event("bare")
    };
    let all = [full(&here), bare];
    here.audit().add(&all).await.unwrap();
    for event in all {
        let filter = AuditFilter {
            action_prefix: Some(event.action.clone()),
            outcome: Some(event.outcome),
            ..AuditFilter::default()
        };
        let page = Page::first(9);
        let log = here.audit().list(&filter, &page).await.unwrap();
        assert_eq!(log.items, [SealedEvent { event, seal: None }]);
    }
}

/// An event in which everything is said, and that with signs.
fn full(here: &Here<'_>) -> AuditEvent {
    let details = json!({
        "": null, "a'\"": "'; drop table audit_events; --", "\u{1}": "𠀋 \r\n\u{2028}",
        "numbers": [i64::MIN, u64::MAX, 9_007_199_254_740_993_i64, 0.5, -1],
        "nested": { "b": [true, {}], "a": [] },
    });
    AuditEvent {
        at: Timestamp::from_millis((1 << 53) + 1),
        action: "'; drop table audit_events; --".to_owned(),
        outcome: Outcome::Warning,
        actor: ActorRef {
            resource: resource(ResourceKind::User, "\" or 1=1 %_\\ 👤"),
            tenant: Some(here.tenant.name.clone()),
        },
        target: resource(ResourceKind::Anonymous, ""),
        origin: Some(Origin {
            salt: "0123456789abcdef0123456789abcdef".to_owned(),
            ip: Some("2001:db8::7".parse().unwrap()),
            user_agent: Some("Mozilla/5.0 ('\"\\ 🦊)".to_owned()),
            username: Some("alice' --".to_owned()),
        }),
        trace_id: "4bf92f3577b34da6a3ce929d0e0e4736".to_owned(),
        details: details.as_object().unwrap().clone(),
        ..event("full")
    }
}

async fn is_logged(here: &Here<'_>, event: &AuditEvent) -> bool {
    let page = Page::first(Page::MAX);
    let log = here.audit().list(&AuditFilter::default(), &page).await;
    let mut log = log.unwrap().items.into_iter();
    log.any(|sealed| sealed.event == *event)
}

fn resource(kind: ResourceKind, id: &str) -> Resource {
    let id = id.to_owned();
    Resource { kind, id }
}
