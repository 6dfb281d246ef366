//! The chain that the events of a tenant's audit log get their places in.

use std::slice::from_ref;

use futures_util::future::join_all;
use iam_model::{AuditEvent, AuditEventId, Seal};
use iam_storage_ports::{AuditFilter, Page, Storage};

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{Here, MANY, event, numbered, random},
};

/// Events get their places one batch after the other; who reads the chain reads them in order,
/// whatever their ids, and what has no place yet apart from them.
pub async fn events_get_their_places(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let audit = here.audit();
    let events = added(&here, 5).await;
    assert_eq!(audit.head().await.unwrap(), None);
    assert_eq!(audit.sealed_after(0, 9).await.unwrap(), []);
    let places = [place(&events[3], 1), place(&events[1], 2)];
    audit.seal(None, &places).await.unwrap();
    let head = audit.head().await.unwrap();
    assert_eq!(head.as_ref(), Some(&places[1].1));
    let more = [place(&events[0], 3)];
    audit.seal(head.as_ref(), &more).await.unwrap();
    let all: Vec<_> = places.into_iter().chain(more).collect();
    assert_eq!(audit.head().await.unwrap().as_ref(), Some(&all[2].1));
    let parts = [0, 1, 2, 3, 99].map(|after| [(after, 1), (after, 2), (after, 9)]);
    for (after, limit) in parts.concat() {
        let found = audit.sealed_after(after, limit).await.unwrap();
        let found = found
            .into_iter()
            .map(|sealed| (sealed.event.id, sealed.seal.unwrap()));
        let expected = all.iter().filter(|(_, seal)| seal.sequence > after);
        let expected = expected.take(limit.into()).cloned();
        assert!(found.eq(expected), "{limit} after {after}");
    }
    let rest = [events[2].clone(), events[4].clone()];
    assert_eq!(unsealed(&here, 9).await, rest);
    assert_eq!(unsealed(&here, 1).await, rest[..1]);
    let page = Page::first(Page::MAX);
    let log = audit.list(&AuditFilter::default(), &page).await.unwrap();
    for sealed in log.items {
        let expected = all.iter().find(|(id, _)| *id == sealed.event.id);
        assert_eq!(sealed.seal.as_ref(), expected.map(|(_, seal)| seal));
    }
}

/// Who has not seen the end of the chain cannot go on from it, and no event is given a place.
pub async fn a_chain_that_has_grown_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let audit = here.audit();
    let events = added(&here, 4).await;
    let (first, second) = (place(&events[0], 1), place(&events[1], 2));
    let none = place(&events[2], 1);
    let too_early = audit.seal(Some(&first.1), from_ref(&second)).await;
    assert_error!(too_early, Stale);
    audit.seal(None, from_ref(&first)).await.unwrap();
    let late = audit.seal(None, &[none, place(&events[3], 2)]).await;
    assert_error!(late, Stale);
    let other = Seal {
        hash: "f".repeat(64),
        ..first.1.clone()
    };
    let forked = audit.seal(Some(&other), from_ref(&second)).await;
    assert_error!(forked, Stale);
    audit.seal(Some(&first.1), from_ref(&second)).await.unwrap();
    let late = audit.seal(Some(&first.1), &[place(&events[2], 2)]).await;
    assert_error!(late, Stale);
    assert_eq!(audit.head().await.unwrap(), Some(second.1));
    assert_eq!(unsealed(&here, 9).await, events[2..]);
}

/// An event has one place and keeps it; what is not there, or is another tenant's, gets none. Then
/// no other gets one either.
pub async fn an_event_is_sealed_once(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let audit = here.audit();
    let events = added(&here, 2).await;
    let theirs = added(&other, 1).await;
    let first = place(&events[0], 1);
    audit.seal(None, from_ref(&first)).await.unwrap();
    for unfit in [&events[0], &theirs[0], &event("chain.tested")] {
        let places = [place(&events[1], 2), place(unfit, 3)];
        let sealed = audit.seal(Some(&first.1), &places).await;
        assert_error!(sealed, Stale);
        assert_eq!(audit.head().await.unwrap().as_ref(), Some(&first.1));
        assert_eq!(unsealed(&here, 9).await, events[1..]);
    }
    assert_eq!(unsealed(&other, 9).await, theirs);
}

/// Each tenant has a chain of its own.
pub async fn each_tenant_has_its_own_chain(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let (our, their) = (added(&ours, 1).await, added(&theirs, 1).await);
    for (here, events) in [(&ours, &our), (&theirs, &their)] {
        here.audit()
            .seal(None, &[place(&events[0], 1)])
            .await
            .unwrap();
    }
    let found = ours.audit().sealed_after(0, 9).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].event, our[0]);
    let absent = Here::absent(storage);
    assert_eq!(absent.audit().head().await.unwrap(), None);
    assert_eq!(absent.audit().unsealed(9).await.unwrap(), []);
    assert_eq!(absent.audit().sealed_after(0, 9).await.unwrap(), []);
}

/// Of many who go on from one end at once, one succeeds, and the chain is theirs.
pub async fn of_many_who_seal_at_once_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let audit = here.audit();
    let events = added(&here, 3).await;
    let mut head = None;
    for round in 1..=3 {
        let rival = |_| [place(&events[round - 1], i64::try_from(round).unwrap())];
        let rivals: Vec<_> = (0..MANY).map(rival).collect();
        let seal = |places| audit.seal(head.as_ref(), places);
        let outcomes = join_all(rivals.iter().map(|places| seal(places))).await;
        let winner = only_winner(outcomes, is_stale);
        let now = audit.head().await.unwrap();
        assert_eq!(now.as_ref(), Some(&rivals[winner][0].1));
        head = now;
    }
    let sequences = audit.sealed_after(0, 9).await.unwrap();
    let sequences = sequences
        .iter()
        .map(|sealed| sealed.seal.as_ref().unwrap().sequence);
    assert!(sequences.eq(1..=3));
}

/// A chain is as long as it is: hundreds of events are given their places at once.
pub async fn many_events_are_sealed_at_once(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let audit = here.audit();
    let events = added(&here, 300).await;
    let places = (1..).zip(&events).map(|(n, event)| place(event, n));
    let places: Vec<_> = places.collect();
    audit.seal(None, &places).await.unwrap();
    let sealed = audit.sealed_after(0, Page::MAX).await.unwrap();
    let sealed = sealed
        .into_iter()
        .map(|sealed| (sealed.event.id, sealed.seal.unwrap()));
    assert!(sealed.eq(places));
    assert_eq!(unsealed(&here, 9).await, []);
}

/// Events that are there, in the order of their ids, apart from those of the fixture.
async fn added(here: &Here<'_>, count: usize) -> Vec<AuditEvent> {
    let new = |n| AuditEvent {
        id: numbered(AuditEventId::generate, n + 1),
        ..event("chain.tested")
    };
    let events: Vec<_> = (0..count).map(new).collect();
    here.audit().add(&events).await.unwrap();
    events
}

/// The events without a place, apart from those of the fixture.
async fn unsealed(here: &Here<'_>, limit: u16) -> Vec<AuditEvent> {
    let fixture = 1;
    let mut events = here.audit().unsealed(limit + fixture).await.unwrap();
    events.retain(|event| event.action == "chain.tested");
    events
}

fn place(event: &AuditEvent, sequence: i64) -> (AuditEventId, Seal) {
    let digits = || format!("{:032x}{:032x}", random(), random());
    let seal = Seal {
        sequence,
        origin_digest: digits(),
        hash: digits(),
    };
    (event.id, seal)
}
