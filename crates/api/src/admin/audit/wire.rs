use iam_identity::{Breach, Link, Verification};
use iam_model::{ActorRef, AuditEventId, Origin, Outcome, Resource};
use iam_storage_ports::{AuditFilter, SealedEvent};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    admin::{moment::Moment, operation::Parameter, view::view},
    fields::body,
    query::Query,
};

view! {
    /// An event of the audit log.
    AuditEventView(id) {
        /// Its id.
        id: AuditEventId,
        /// When it happened.
        at: Moment,
        /// What happened: `user.locked`, `login.succeeded`.
        action: String,
        /// How it ended.
        outcome: Outcome,
        /// Who did it.
        actor: ActorRef,
        /// What it was done to.
        target: Resource,
        /// Where it came from, until that is erased.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<Origin>,
        /// The id in the answer to the request and in the program's log.
        trace_id: String,
        /// What else is worth knowing.
        details: Map<String, Value>,
        /// Its place in the chain, from 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        sequence: Option<i64>,
        /// The digest of its origin, which stays when the origin is erased.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin_digest: Option<String>,
        /// The digest of the hash before, the event and `origin_digest`.
        #[serde(skip_serializing_if = "Option::is_none")]
        hash: Option<String>,
    }
}

impl From<SealedEvent> for AuditEventView {
    fn from(sealed: SealedEvent) -> Self {
        let (event, seal) = (sealed.event, sealed.seal);
        let sequence = seal.as_ref().map(|seal| seal.sequence);
        let (origin_digest, hash) = seal.map(|seal| (seal.origin_digest, seal.hash)).unzip();
        Self {
            id: event.id,
            at: Moment(event.at),
            action: event.action,
            outcome: event.outcome,
            actor: event.actor,
            target: event.target,
            origin: event.origin,
            trace_id: event.trace_id,
            details: event.details,
            sequence,
            origin_digest,
            hash,
        }
    }
}

/// A line of an export: an event, and at last where it ended.
#[derive(JsonSchema, Serialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// The last line.
    End {
        /// Where the export ended.
        end: End,
    },
    /// Any other line.
    Event(Box<AuditEventView>),
}

/// Where an export ended.
#[derive(JsonSchema, Serialize)]
pub(super) struct End {
    /// How many events there are before this line.
    pub(super) events: usize,
    /// The sequence of the chain's last event; 0 for none.
    pub(super) sequence: i64,
    /// The hash of that event: what to keep elsewhere, and to have verified later.
    pub(super) head: String,
    /// The `cursor` that the next export begins with, if there are more events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

body! {
    /// Where a verification begins: the end of an earlier one, or of an export.
    VerifyBody {
        /// The sequence of the last event that was verified; from the start if it is left out.
        sequence: Option<i64>,
        /// The hash of that event.
        head: Option<String>,
    }
}

/// What a verification found.
#[derive(JsonSchema, Serialize)]
pub(super) struct VerificationView {
    /// Whether all that was looked at is as it was sealed.
    valid: bool,
    /// How many events are.
    events: u64,
    /// Whether the end of the log was reached; else go on from `sequence` and `head`.
    complete: bool,
    /// The sequence of the last event that is as it was sealed.
    sequence: i64,
    /// Its hash.
    head: String,
    /// The first sequence at which something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_at: Option<i64>,
    /// What is wrong there: `changed`, `missing` or `origin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl From<Verification> for VerificationView {
    fn from(found: Verification) -> Self {
        let (broken_at, breach) = found.broken.unzip();
        Self {
            valid: breach.is_none(),
            events: found.events,
            complete: found.complete,
            sequence: found.link.sequence,
            head: found.link.hash,
            broken_at,
            reason: breach.map(|breach| match breach {
                Breach::Changed => "changed",
                Breach::Missing => "missing",
                Breach::Origin => "origin",
            }),
        }
    }
}

impl VerifyBody {
    /// Where it begins; `None` if only one half is said.
    pub(super) fn link(self) -> Option<Link> {
        match (self.sequence, self.head) {
            (None, None) => Some(Link::start()),
            (Some(sequence), Some(hash)) => Some(Link { sequence, hash }),
            (Some(_), None) | (None, Some(_)) => None,
        }
    }
}

/// The times between which events are wanted.
pub(super) const FROM: Parameter = Parameter {
    name: "from",
    description: "The earliest time, inclusive.",
    example: "2026-09-01T00:00:00Z",
};
pub(super) const UNTIL: Parameter = Parameter {
    name: "until",
    description: "The latest time, exclusive.",
    example: "2026-10-01T00:00:00Z",
};

/// The filter that has nothing but those times.
pub(super) fn times(query: &mut Query) -> AuditFilter {
    let mut moment = |name| query.optional::<Moment>(name).map(|moment| moment.0);
    AuditFilter {
        from: moment("from"),
        until: moment("until"),
        ..AuditFilter::default()
    }
}

/// An event, as examples show it; on one line, for the export.
macro_rules! example {
    () => {
        r#"{"id":"01990a5d-ac96-774b-bcce-b302099a8070","at":"2026-09-21T14:13:20.123Z","action":"role.created","outcome":"success","actor":{"kind":"user","id":"01990a5d-ac96-774b-bcce-b302099a8058","tenant":"demo"},"target":{"kind":"role","id":"01990a5d-ac96-774b-bcce-b302099a8057"},"origin":{"salt":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a","ip":"192.0.2.7"},"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","details":{"name":"clerk"},"sequence":1,"origin_digest":"85f4d2f2fc9b52b3a4fcaf7b6b9fc1a26b8b4a47a02c48ac93b9a1b1d6d1bd0f","hash":"0b1cf4fc8e0f9ad2a53a4fbbbd1c4a77d3a59a6ed5a9d8aa1b6c1e3a1e0b3c55"}"#
    };
}
pub(super) use example;
