use std::{
    cell::{RefCell, RefMut},
    collections::BTreeMap,
    time::Duration,
};

use async_trait::async_trait;
use iam_model::Timestamp;
use iam_storage_ports::{Count, Counter, Entry, EphemeralError, EphemeralStore};

/// An ephemeral store in memory, which lives by the clock it is given.
pub struct MemoryEphemeral<C> {
    clock: C,
    entries: RefCell<BTreeMap<String, Kept>>,
}

struct Kept {
    value: String,
    expires_at: Timestamp,
}

impl Kept {
    fn count(&self) -> Result<i64, EphemeralError> {
        self.value.parse().map_err(|_| no_counter())
    }
}

fn no_counter() -> EphemeralError {
    EphemeralError::Internal("value is not a counter".to_owned())
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
    fn live(&self) -> RefMut<'_, BTreeMap<String, Kept>> {
        let now = (self.clock)();
        let mut entries = self.entries.borrow_mut();
        entries.retain(|_, entry| now < entry.expires_at);
        entries
    }

    fn kept(&self, value: &str, ttl: Duration) -> Kept {
        Kept {
            value: value.to_owned(),
            expires_at: (self.clock)().plus(ttl.max(Duration::from_millis(1))),
        }
    }
}

#[async_trait(?Send)]
impl<C: Fn() -> Timestamp> EphemeralStore for MemoryEphemeral<C> {
    async fn put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), EphemeralError> {
        let entry = self.kept(value, ttl);
        self.live().insert(key.to_owned(), entry);
        Ok(())
    }

    async fn add(&self, key: &str, value: &str, ttl: Duration) -> Result<bool, EphemeralError> {
        let mut entries = self.live();
        if entries.contains_key(key) {
            return Ok(false);
        }
        entries.insert(key.to_owned(), self.kept(value, ttl));
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
            .or_insert_with(|| self.kept("0", ttl));
        let count = entry.count()?.checked_add(1).ok_or_else(no_counter)?;
        entry.value = count.to_string();
        Ok(count)
    }

    async fn count(&self, counters: &[Counter]) -> Result<Vec<Count>, EphemeralError> {
        let mut counts = Vec::new();
        for counter in counters {
            if let Some(ttl) = counter.count {
                self.increment(&counter.key, ttl).await?;
            }
            let now = (self.clock)();
            counts.push(match self.live().get(&counter.key) {
                None => Count::default(),
                Some(entry) => Count {
                    value: entry.count()?,
                    expires_in: entry.expires_at.since(now),
                },
            });
        }
        Ok(counts)
    }

    async fn replace(&self, removed: &[String], kept: &[Entry]) -> Result<(), EphemeralError> {
        for key in removed {
            self.live().remove(key);
        }
        for entry in kept {
            self.put(&entry.key, &entry.value, entry.ttl).await?;
        }
        Ok(())
    }

    async fn ping(&self) -> Result<(), EphemeralError> {
        Ok(())
    }
}
