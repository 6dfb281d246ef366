use std::{
    cell::{RefCell, RefMut},
    collections::BTreeMap,
    time::Duration,
};

use async_trait::async_trait;
use iam_model::Timestamp;
use iam_storage_ports::{EphemeralError, EphemeralStore};

/// An ephemeral store in memory, which lives by the clock it is given.
pub struct MemoryEphemeral<C> {
    clock: C,
    entries: RefCell<BTreeMap<String, Entry>>,
}

struct Entry {
    value: String,
    expires_at: Timestamp,
}

impl<C: Fn() -> Timestamp> MemoryEphemeral<C> {
    /// An empty store, in which it is always as late as `clock` says.
    #[must_use]
    pub const fn new(clock: C) -> Self {
        Self {
            clock,
            entries: RefCell::new(BTreeMap::new()),
        }
    }

    /// The entries that are still alive.
    fn live(&self) -> RefMut<'_, BTreeMap<String, Entry>> {
        let now = (self.clock)();
        let mut entries = self.entries.borrow_mut();
        entries.retain(|_, entry| now < entry.expires_at);
        entries
    }

    fn entry(&self, value: &str, ttl: Duration) -> Entry {
        Entry {
            value: value.to_owned(),
            expires_at: (self.clock)().plus(ttl.max(Duration::from_millis(1))),
        }
    }
}

#[async_trait(?Send)]
impl<C: Fn() -> Timestamp> EphemeralStore for MemoryEphemeral<C> {
    async fn put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), EphemeralError> {
        let entry = self.entry(value, ttl);
        self.live().insert(key.to_owned(), entry);
        Ok(())
    }

    async fn add(&self, key: &str, value: &str, ttl: Duration) -> Result<bool, EphemeralError> {
        let mut entries = self.live();
        if entries.contains_key(key) {
            return Ok(false);
        }
        entries.insert(key.to_owned(), self.entry(value, ttl));
        Ok(true)
    }

    async fn lookup(&self, key: &str) -> Result<Option<String>, EphemeralError> {
        Ok(self.live().get(key).map(|entry| entry.value.clone()))
    }

    async fn take(&self, key: &str) -> Result<Option<String>, EphemeralError> {
        Ok(self.live().remove(key).map(|entry| entry.value))
    }

    async fn increment(&self, key: &str, ttl: Duration) -> Result<i64, EphemeralError> {
        let mut entries = self.live();
        let entry = entries
            .entry(key.to_owned())
            .or_insert_with(|| self.entry("0", ttl));
        let count: Option<i64> = entry.value.parse().ok();
        let count = count
            .and_then(|count| count.checked_add(1))
            .ok_or_else(|| EphemeralError::Internal("value is not a counter".to_owned()))?;
        entry.value = count.to_string();
        Ok(count)
    }

    async fn ping(&self) -> Result<(), EphemeralError> {
        Ok(())
    }
}
