use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

/// Why the ephemeral store did not do as asked.
#[derive(Debug, Error)]
pub enum EphemeralError {
    /// It answered with an error, or with something that makes no sense: a defect.
    #[error("ephemeral store error: {0}")]
    Internal(String),
    /// It could not be reached. Trying again may help.
    #[error("ephemeral store unavailable: {0}")]
    Unavailable(String),
}

/// One of several counters that are asked for at once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Counter {
    /// Its key.
    pub key: String,
    /// Adds one, as [`EphemeralStore::increment`] does with this time to live; `None` only reads.
    pub count: Option<Duration>,
}

/// What a counter is at.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Count {
    /// Its value; 0 if there is none.
    pub value: i64,
    /// When it is gone; zero if there is none.
    pub expires_in: Duration,
}

/// A value that is kept together with others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// The value.
    pub value: String,
    /// How long it lives.
    pub ttl: Duration,
}

/// Short-lived values: one-time tokens and counters. It may lose everything at any time, so it
/// never holds the only copy of what matters.
///
/// Every value has a time to live, of a millisecond at least. Keys and values are text.
#[async_trait(?Send)]
pub trait EphemeralStore {
    /// Keeps `value` for `ttl` under `key`, over whatever was there.
    async fn put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), EphemeralError>;

    /// Keeps `value` for `ttl` under `key` if nothing is there; says whether it did.
    async fn add(&self, key: &str, value: &str, ttl: Duration) -> Result<bool, EphemeralError>;

    /// The value under `key`.
    async fn lookup(&self, key: &str) -> Result<Option<String>, EphemeralError>;

    /// The value under `key`, gone from the store: of many takers at once exactly one gets it.
    async fn take(&self, key: &str) -> Result<Option<String>, EphemeralError>;

    /// Adds one to the counter under `key` and gives its new value. The first increment sets the
    /// counter's time to live, later ones leave it, so a counter counts one fixed window. A value
    /// that is not a counter is left as it is, and the answer is [`EphemeralError::Internal`].
    async fn increment(&self, key: &str, ttl: Duration) -> Result<i64, EphemeralError>;

    /// Counts on and reads many counters at once, in one round trip, and gives what each is at, in
    /// their order. Nobody else's counting comes in between.
    async fn count(&self, counters: &[Counter]) -> Result<Vec<Count>, EphemeralError>;

    /// Removes what is under the keys `removed`, if anything, and keeps `kept` over whatever was
    /// there, in one round trip.
    async fn replace(&self, removed: &[String], kept: &[Entry]) -> Result<(), EphemeralError>;

    /// Succeeds if the store answers.
    async fn ping(&self) -> Result<(), EphemeralError>;
}
