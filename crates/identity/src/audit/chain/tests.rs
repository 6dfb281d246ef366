use iam_model::{
    ActorRef, AuditEvent, AuditEventId, Origin, Outcome, Resource, ResourceKind, Timestamp,
};
use iam_storage_ports::SealedEvent;
use serde_json::Map;

use super::{Breach, Link, follow, places};

fn event(number: u8) -> AuditEvent {
    let now = Timestamp::from_millis(1_790_000_000_000 + i64::from(number));
    let resource = |kind, id: &str| Resource {
        kind,
        id: id.to_owned(),
    };
    AuditEvent {
        id: AuditEventId::generate(now, [number; 10]),
        at: now,
        action: "role.created".to_owned(),
        outcome: Outcome::Success,
        actor: ActorRef {
            resource: resource(ResourceKind::User, "u"),
            tenant: "acme".parse().ok(),
        },
        target: resource(ResourceKind::Role, "r"),
        origin: Some(Origin {
            salt: "5a".repeat(16),
            ip: "192.0.2.7".parse().ok(),
            ..Origin::default()
        }),
        trace_id: "t".to_owned(),
        details: Map::from_iter([("name".to_owned(), "clerk".into())]),
    }
}

/// A log of four events, sealed in two batches.
fn log() -> Vec<SealedEvent> {
    let events: Vec<_> = (1..=4).map(event).collect();
    let mut seals: Vec<_> = places(None, &events[..3]).unwrap();
    let head = seals[2].1.clone();
    seals.extend(places(Some(&head), &events[3..]).unwrap());
    let sealed = events.into_iter().zip(seals);
    sealed
        .map(|(event, (id, seal))| {
            assert_eq!(event.id, id);
            SealedEvent {
                event,
                seal: Some(seal),
            }
        })
        .collect()
}

/// How far the chain of `log` holds, and what is wrong then.
fn verify(log: &[SealedEvent]) -> (i64, Option<Breach>) {
    let mut link = Link::start();
    let breach = log
        .iter()
        .find_map(|event| follow(&mut link, event).unwrap());
    (link.sequence, breach)
}

#[track_caller]
fn check(change: impl FnOnce(&mut Vec<SealedEvent>), expected: (i64, Option<Breach>)) {
    let mut log = log();
    change(&mut log);
    assert_eq!(verify(&log), expected);
}

#[test]
fn what_was_sealed_holds() {
    check(|_| {}, (4, None));
    assert_eq!(verify(&[]), (0, None));
}

#[test]
fn an_origin_can_be_erased_and_not_changed() {
    check(|log| log[1].event.origin = None, (4, None));
    let forge = |log: &mut Vec<SealedEvent>| {
        let origin = log[1].event.origin.as_mut().unwrap();
        origin.ip = "192.0.2.8".parse().ok();
    };
    check(forge, (1, Some(Breach::Origin)));
}

#[test]
fn a_changed_event_is_noticed() {
    check(
        |log| log[2].event.action.push('x'),
        (2, Some(Breach::Changed)),
    );
    check(
        |log| log[0].event.outcome = Outcome::Denied,
        (0, Some(Breach::Changed)),
    );
    check(
        |log| log[0].event.details.clear(),
        (0, Some(Breach::Changed)),
    );
    check(
        |log| log[3].event.actor.tenant = None,
        (3, Some(Breach::Changed)),
    );
}

#[test]
fn a_removed_event_is_noticed() {
    check(|log| drop(log.remove(0)), (0, Some(Breach::Missing)));
    check(|log| drop(log.remove(2)), (2, Some(Breach::Missing)));
    // Its place closed up behind it.
    let close = |log: &mut Vec<SealedEvent>| {
        log.remove(2);
        log[2].seal.as_mut().unwrap().sequence = 3;
    };
    check(close, (2, Some(Breach::Changed)));
}

#[test]
fn events_that_have_changed_places_are_noticed() {
    let swap = |log: &mut Vec<SealedEvent>| {
        let (second, third) = (log[1].event.clone(), log[2].event.clone());
        (log[1].event, log[2].event) = (third, second);
    };
    check(swap, (1, Some(Breach::Changed)));
}

#[test]
fn a_replaced_hash_or_digest_is_noticed() {
    let hash = |log: &mut Vec<SealedEvent>| {
        log[1].seal.as_mut().unwrap().hash = "0".repeat(64);
    };
    check(hash, (1, Some(Breach::Changed)));
    // The origin is gone, so only the chain can tell.
    let digest = |log: &mut Vec<SealedEvent>| {
        log[1].event.origin = None;
        log[1].seal.as_mut().unwrap().origin_digest = "0".repeat(64);
    };
    check(digest, (1, Some(Breach::Changed)));
    check(|log| log[1].seal = None, (1, Some(Breach::Changed)));
}

#[test]
fn the_chain_is_the_one_that_others_compute() {
    // SHA-256 of what the head of this module describes, made by another program.
    let seal = &places(None, &[event(1)]).unwrap()[0].1;
    assert_eq!(seal.origin_digest, ORIGIN_DIGEST);
    assert_eq!(seal.hash, HASH);
}

const ORIGIN_DIGEST: &str = "9102060933700ac8822c11dff6845560de98f58f2784cfeba5d0f372c0677cc0";
const HASH: &str = "734ece92f0fad56e25bfe3a09ca83c8d4c0a533f36b8964d0230b7266a6359d9";
