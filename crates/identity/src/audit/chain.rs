//! The hash chain of a tenant's audit log.
//!
//! `origin_digest` is the SHA-256 of the canonical JSON of the event's origin, with its salt, or of
//! `null` if it had none when it was sealed. `hash` is the SHA-256 of the hash before it, as 64
//! hexadecimal digits (64 zeros before the first), followed by the canonical JSON of
//! `{"event": …, "origin_digest": …, "sequence": …}`, where the event is without its origin and its
//! time is in milliseconds since 1970. So an origin can be erased and nothing else.
//!
//! The hash is not keyed: who can write to the database can make all of it anew from any event on.
//! That, and a cut at the end, is told by a head that was kept elsewhere, and by nothing else.

use iam_model::{AuditEvent, AuditEventId, Seal};
use iam_storage_ports::SealedEvent;
use serde_json::json;

use super::canonical::{canonical, digest};

/// A place in the chain, and all before it that its hash stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Link {
    /// The sequence of the event; 0 before the first.
    pub sequence: i64,
    /// Its hash: 64 hexadecimal digits.
    pub hash: String,
}

impl Link {
    /// Where every chain begins.
    #[must_use]
    pub fn start() -> Self {
        Self {
            sequence: 0,
            hash: "0".repeat(64),
        }
    }
}

impl From<&Seal> for Link {
    fn from(seal: &Seal) -> Self {
        Self {
            sequence: seal.sequence,
            hash: seal.hash.clone(),
        }
    }
}

/// What is wrong at a place of the chain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Breach {
    /// The event, its place or its hash, or one before it, is not what was sealed.
    Changed,
    /// There is no event at this place.
    Missing,
    /// The event's origin is not the one that was sealed.
    Origin,
}

/// The places of `events` behind `head`.
pub(super) fn places(
    head: Option<&Seal>,
    events: &[AuditEvent],
) -> Result<Vec<(AuditEventId, Seal)>, serde_json::Error> {
    let mut link = head.map_or_else(Link::start, Link::from);
    let mut places = Vec::with_capacity(events.len());
    for event in events {
        let seal = seal(&link, event, origin_digest(event)?)?;
        link = Link::from(&seal);
        places.push((event.id, seal));
    }
    Ok(places)
}

/// Moves `link` on to `next`, if that is what was sealed behind it; else says what is wrong.
pub(super) fn follow(
    link: &mut Link,
    next: &SealedEvent,
) -> Result<Option<Breach>, serde_json::Error> {
    let Some(stored) = &next.seal else {
        return Ok(Some(Breach::Changed));
    };
    if stored.sequence != link.sequence + 1 {
        return Ok(Some(Breach::Missing));
    }
    let erased = next.event.origin.is_none();
    if !erased && origin_digest(&next.event)? != stored.origin_digest {
        return Ok(Some(Breach::Origin));
    }
    if seal(link, &next.event, stored.origin_digest.clone())? != *stored {
        return Ok(Some(Breach::Changed));
    }
    *link = Link::from(stored);
    Ok(None)
}

fn seal(
    before: &Link,
    event: &AuditEvent,
    origin_digest: String,
) -> Result<Seal, serde_json::Error> {
    let event = AuditEvent {
        origin: None,
        ..event.clone()
    };
    let sequence = before.sequence + 1;
    let sealed = json!({
        "event": serde_json::to_value(event)?,
        "origin_digest": origin_digest,
        "sequence": sequence,
    });
    Ok(Seal {
        sequence,
        hash: digest(&[&before.hash, &canonical(&sealed)?]),
        origin_digest,
    })
}

fn origin_digest(event: &AuditEvent) -> Result<String, serde_json::Error> {
    Ok(digest(&[&canonical(&event.origin)?]))
}

#[cfg(test)]
mod tests;
