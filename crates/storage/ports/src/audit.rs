use async_trait::async_trait;
use iam_model::{AuditEvent, Outcome, Seal, Timestamp};

use crate::{Listing, Page, StorageError};

/// One tenant's audit log. Events are only ever added.
///
/// An event is written in the unit of work of what it tells, or by [`add`](Self::add), and takes its
/// place in the hash chain afterwards, by [`seal`](Self::seal): so that those who write at once do
/// not wait for each other.
#[async_trait(?Send)]
pub trait AuditRepository {
    /// Adds events, all or none. The tenant must exist, else [`StorageError::NotFound`].
    async fn add(&self, events: &[AuditEvent]) -> Result<(), StorageError>;

    /// The events that `filter` lets through, by id, which is the order in which they happened;
    /// each with its place in the chain if it has one.
    async fn list(
        &self,
        filter: &AuditFilter,
        page: &Page,
    ) -> Result<Listing<SealedEvent>, StorageError>;

    /// Up to `limit` sealed events by sequence, the first being the one after `sequence`.
    async fn sealed_after(
        &self,
        sequence: i64,
        limit: u16,
    ) -> Result<Vec<SealedEvent>, StorageError>;

    /// The end of the chain.
    async fn head(&self) -> Result<Option<Seal>, StorageError>;

    /// Up to `limit` events that have no place in the chain yet, by id.
    async fn unsealed(&self, limit: u16) -> Result<Vec<AuditEvent>, StorageError>;

    /// Gives events their places, all or none; their sequences follow on `head`.
    /// [`StorageError::Stale`] if somebody else has sealed since `head` was read, or if one of the
    /// events has a place already or is not there.
    async fn seal(
        &self,
        head: Option<&Seal>,
        places: &[(iam_model::AuditEventId, Seal)],
    ) -> Result<(), StorageError>;
}

/// An event and its place in the chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealedEvent {
    /// The event.
    pub event: AuditEvent,
    /// Its place.
    pub seal: Option<Seal>,
}

/// Which events are wanted: those for which all that is set holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AuditFilter {
    /// The id of who acted.
    pub actor: Option<String>,
    /// The id of what was acted on.
    pub target: Option<String>,
    /// How the action begins.
    pub action_prefix: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The earliest time, inclusive.
    pub from: Option<Timestamp>,
    /// The latest time, exclusive.
    pub until: Option<Timestamp>,
}
