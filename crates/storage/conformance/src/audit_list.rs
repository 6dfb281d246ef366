//! Which events of its audit log a tenant is shown.

use iam_model::{ActorRef, AuditEvent, AuditEventId, Outcome, Resource, ResourceKind, Timestamp};
use iam_storage_ports::{AuditFilter, Storage};

use crate::fixture::{Here, NOW, event, numbered, pages};

/// Actions are compared by how they begin, actors and targets by their whole ids.
pub async fn events_are_listed_by_what_happened(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let all = history(&here).await;
    for (action, actor, target, expected) in [
        (None, None, None, &[0, 1, 2, 3, 4][..]),
        (Some(""), None, None, &[0, 1, 2, 3, 4]),
        (Some("user"), None, None, &[0, 1, 2, 4]),
        (Some("user."), None, None, &[0, 1]),
        (Some("user_"), None, None, &[2]),
        (Some("%"), None, None, &[]),
        (Some("User"), None, None, &[]),
        (None, Some("ann"), None, &[0, 1]),
        (None, Some(""), None, &[3]),
        (None, None, Some("u1"), &[0, 2, 3, 4]),
        (None, None, Some("u"), &[]),
        (Some("user"), Some("ann"), Some("u1"), &[0]),
    ] {
        let filter = AuditFilter {
            actor: actor.map(str::to_owned),
            target: target.map(str::to_owned),
            action_prefix: action.map(str::to_owned),
            ..before_the_fixture()
        };
        assert_eq!(
            listed(&here, &filter).await,
            chosen(&all, expected),
            "{filter:?}"
        );
    }
}

/// Times are compared from the first, inclusive, to the last, exclusive; and all parts of a filter
/// hold together.
pub async fn events_are_listed_by_outcome_and_time(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let all = history(&here).await;
    let denied = Some(Outcome::Denied);
    for (outcome, from, until, target, expected) in [
        (denied, None, None, None, &[2, 3][..]),
        (Some(Outcome::Warning), None, None, None, &[4]),
        (None, Some(2), None, None, &[2, 3, 4]),
        (None, None, Some(2), None, &[0, 1]),
        (None, Some(1), Some(3), None, &[1, 2]),
        (None, Some(3), Some(3), None, &[]),
        (None, Some(0), Some(4), Some("u2"), &[1]),
        (denied, Some(3), None, Some("u1"), &[3]),
        (denied, Some(4), None, Some("u1"), &[]),
    ] {
        let none = before_the_fixture();
        let filter = AuditFilter {
            target: target.map(str::to_owned),
            outcome,
            from: from.map(Timestamp::from_millis),
            until: until.map(Timestamp::from_millis).or(none.until),
            ..none
        };
        assert_eq!(
            listed(&here, &filter).await,
            chosen(&all, expected),
            "{filter:?}"
        );
    }
}

/// Five events, in the order of their ids and of their times, which were added in another.
async fn history(here: &Here<'_>) -> Vec<AuditEvent> {
    let happened = [
        ("user.locked", "ann", "u1", Outcome::Success),
        ("user.unlocked", "ann", "u2", Outcome::Success),
        ("user_x", "bob", "u1", Outcome::Denied),
        ("login.failed", "", "u1", Outcome::Denied),
        ("userland", "Ann", "u1", Outcome::Warning),
    ];
    let happened = (0..).zip(happened);
    let events = happened.map(|(n, (action, actor, target, outcome))| AuditEvent {
        id: numbered(AuditEventId::generate, n),
        at: Timestamp::from_millis(i64::try_from(n).unwrap()),
        outcome,
        actor: ActorRef {
            resource: of_user(actor),
            tenant: None,
        },
        target: of_user(target),
        ..event(action)
    });
    let events: Vec<_> = events.collect();
    let backwards: Vec<_> = events.iter().rev().cloned().collect();
    here.audit().add(&backwards).await.unwrap();
    events
}

/// Lets through what happened before all that the fixture did.
fn before_the_fixture() -> AuditFilter {
    AuditFilter {
        until: Some(NOW),
        ..AuditFilter::default()
    }
}

async fn listed(here: &Here<'_>, filter: &AuditFilter) -> Vec<AuditEvent> {
    let list = async |page| here.audit().list(filter, &page).await.unwrap();
    let found = pages(2, list, |sealed| sealed.event.id.to_string()).await;
    found.into_iter().map(|sealed| sealed.event).collect()
}

fn chosen(all: &[AuditEvent], places: &[usize]) -> Vec<AuditEvent> {
    places.iter().map(|n| all[*n].clone()).collect()
}

fn of_user(id: &str) -> Resource {
    Resource {
        kind: ResourceKind::User,
        id: id.to_owned(),
    }
}
