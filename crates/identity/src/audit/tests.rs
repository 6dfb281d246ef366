use iam_model::{AuditEvent, AuditEventId, Outcome, Resource, ResourceKind, Seal};
use iam_storage_ports::{AuditFilter, Page, Storage};

use super::{Breach, Link, Verification, audit_events, export_events, seal_events, verify_events};
use crate::testing::{Bench, now};

/// Writes `count` events.
fn write(bench: &Bench, count: usize) -> Vec<AuditEvent> {
    let admin = bench.admin();
    let target = Resource {
        kind: ResourceKind::System,
        id: String::new(),
    };
    let event = || admin.event("test.done", Outcome::Success, target.clone());
    let events: Vec<_> = std::iter::repeat_with(event).take(count).collect();
    now(bench.storage.tenant(bench.tenant.id).audit().add(&events)).unwrap();
    events
}

fn verify(bench: &Bench, link: Link) -> Verification {
    now(verify_events(&bench.admin(), link)).unwrap()
}

fn head(bench: &Bench) -> Seal {
    now(seal_events(&bench.admin())).unwrap().unwrap()
}

#[test]
fn what_is_shown_is_sealed_in_batches_and_verifies() {
    let bench = Bench::new();
    // The event of the tenant itself is the first.
    write(&bench, 1199);
    assert_eq!(head(&bench).sequence, 1200);
    write(&bench, 1);
    let page = Page::first(1000);
    let first = now(audit_events(&bench.admin(), &AuditFilter::default(), &page)).unwrap();
    assert!(first.items.iter().all(|event| event.seal.is_some()));
    let found = verify(&bench, Link::start());
    assert_eq!(
        (found.events, found.broken, found.complete),
        (1201, None, true)
    );
    assert_eq!(found.link, Link::from(&head(&bench)));
}

#[test]
fn a_long_log_is_verified_in_several_calls() {
    let bench = Bench::new();
    write(&bench, 10_010);
    let first = verify(&bench, Link::start());
    assert_eq!((first.events, first.complete), (10_000, false));
    let rest = verify(&bench, first.link);
    assert_eq!((rest.events, rest.broken, rest.complete), (11, None, true));
}

#[test]
fn a_head_that_was_kept_tells_of_an_end_that_was_cut_off_or_rewritten() {
    let bench = Bench::new();
    write(&bench, 4);
    let kept = Link::from(&head(&bench));
    assert_eq!(verify(&bench, kept.clone()).broken, None);
    let other = Link {
        hash: "0".repeat(64),
        ..kept.clone()
    };
    assert_eq!(verify(&bench, other).broken, Some((5, Breach::Changed)));
    let beyond = Link {
        sequence: 6,
        ..kept.clone()
    };
    assert_eq!(verify(&bench, beyond).broken, Some((6, Breach::Missing)));
    for sequence in [i64::MIN, -1, i64::MAX] {
        let nowhere = Link {
            sequence,
            ..kept.clone()
        };
        assert!(verify(&bench, nowhere).broken.is_some());
    }
}

#[test]
fn a_log_that_ends_before_where_sealing_got_to_was_cut_off() {
    let bench = Bench::new();
    write(&bench, 2);
    let whole = verify(&bench, Link::start());
    let mut head = head(&bench);
    let reached = |head: &Seal| {
        let mut found = whole.clone();
        found.reach(Some(head));
        (found.broken, found.complete)
    };
    assert_eq!(reached(&head), (None, true));
    head.sequence += 1;
    assert_eq!(reached(&head), (Some((4, Breach::Missing)), false));
}

#[test]
fn a_forged_seal_is_found() {
    let bench = Bench::new();
    write(&bench, 3);
    let before = head(&bench);
    let events: Vec<AuditEventId> = write(&bench, 1).into_iter().map(|event| event.id).collect();
    let forged = Seal {
        sequence: before.sequence + 1,
        ..before.clone()
    };
    let audit = bench.storage.tenant(bench.tenant.id);
    now(audit.audit().seal(Some(&before), &[(events[0], forged)])).unwrap();
    let found = verify(&bench, Link::start());
    assert_eq!((found.events, found.complete), (4, false));
    assert_eq!(found.broken.map(|(sequence, _)| sequence), Some(5));
}

#[test]
fn an_export_says_where_to_go_on_and_what_to_keep() {
    let bench = Bench::new();
    write(&bench, 5_100);
    let filter = AuditFilter::default();
    let first = now(export_events(&bench.admin(), &filter, None)).unwrap();
    assert_eq!(first.events.len(), 5_000);
    assert_eq!(first.head, Link::from(&head(&bench)));
    let rest = now(export_events(&bench.admin(), &filter, first.next)).unwrap();
    assert_eq!((rest.events.len(), rest.next), (101, None));
    assert_ne!(rest.events[0], first.events[4_999]);
}
