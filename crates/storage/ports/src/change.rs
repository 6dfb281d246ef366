use iam_model::{AuditEvent, Message, OneTimeCode, TenantId, Timestamp};

/// What is written together with a change, in the same unit of work: there is no change without
/// its event in the audit log, no create that is not recognised when it is sent once more, and no
/// message about what was not done.
///
/// If the tenant of the log does not exist when the rest is written, the write fails with
/// [`NotFound`](crate::StorageError::NotFound); if the event's id is taken there, with
/// [`AlreadyExists`](crate::StorageError::AlreadyExists).
#[derive(Clone, Debug)]
pub struct Change {
    /// The tenant in whose audit log the event stands, and which keeps the idempotency record.
    pub log: TenantId,
    /// What happened.
    pub event: AuditEvent,
    /// What the request said to be recognised by, for a create.
    pub idempotency: Option<IdempotencyRecord>,
    /// What is sent to users because of it. Their tenants and users must exist when the rest is
    /// written, else [`NotFound`](crate::StorageError::NotFound).
    pub messages: Vec<Message>,
    /// The codes that these messages bring, of users of the tenant of the log.
    pub issued: Vec<OneTimeCode>,
    /// The code of a user of that tenant that allowed it. It is gone then, with all others that
    /// the user was sent for the same purpose. If it is gone already, the write fails with
    /// [`Stale`](crate::StorageError::Stale): of many who bring one code, one succeeds.
    pub spent: Option<OneTimeCode>,
}

impl Change {
    /// A change of which nothing but `event` is written, into the log of tenant `log`.
    #[must_use]
    pub const fn new(log: TenantId, event: AuditEvent) -> Self {
        Self {
            log,
            event,
            idempotency: None,
            messages: Vec::new(),
            issued: Vec::new(),
            spent: None,
        }
    }
}

/// A create that was done
/// ([draft-ietf-httpapi-idempotency-key-header](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/)).
/// A unit of work whose key is already there fails with
/// [`AlreadyExists`](crate::StorageError::AlreadyExists) as a whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdempotencyRecord {
    /// The SHA-256 of who sent it, to where, and the key: 64 hexadecimal digits.
    pub key: String,
    /// The SHA-256 of the request: 64 hexadecimal digits.
    pub fingerprint: String,
    /// The id of what was made.
    pub target: String,
    /// When it was.
    pub created_at: Timestamp,
}
