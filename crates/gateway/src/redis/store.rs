use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, interval};

use super::error::RedisError;

/// How much the store holds, keys, values and what it takes to keep them.
const MAX_MEMORY: usize = 64 * 1024 * 1024;

/// What an entry takes beside its key and value, roughly.
const ENTRY: usize = 160;

/// How many keys a sweep removes before others get at the store.
const SWEEP: usize = 1000;

/// Keys and their values.
pub(crate) struct Store(Mutex<Keys>);

impl Store {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Keys::new(MAX_MEMORY)))
    }

    /// The keys, for as long as this is held: what is done meanwhile is atomic.
    pub(super) fn lock(&self) -> MutexGuard<'_, Keys> {
        // A command that panicked has changed one entry or none: the rest is sound.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what has expired, each second, for ever.
    pub(crate) async fn sweep(&self) {
        let mut ticks = interval(Duration::from_secs(1));
        loop {
            ticks.tick().await;
            while self.lock().sweep(Instant::now(), SWEEP) {
                tokio::task::yield_now().await;
            }
        }
    }
}

/// The content of a [`Store`]. What has expired by `now` is absent, swept or not.
pub(super) struct Keys {
    entries: HashMap<Arc<str>, Entry>,
    /// Which keys expire, the next one first.
    expiries: BTreeSet<(Instant, Arc<str>)>,
    used: usize,
    limit: usize,
}

pub(super) struct Entry {
    /// Shared with the answers that have it, however many.
    pub(super) value: Arc<str>,
    pub(super) expires: Option<Instant>,
}

impl Entry {
    fn size(&self, key: &str) -> usize {
        // The key is shared by the two indexes; its text is there once.
        ENTRY + key.len() + self.value.len()
    }
}

impl Keys {
    fn new(limit: usize) -> Self {
        Self {
            entries: HashMap::new(),
            expiries: BTreeSet::new(),
            used: 0,
            limit,
        }
    }

    pub(super) fn find(&self, key: &str, now: Instant) -> Option<&Entry> {
        let entry = self.entries.get(key)?;
        entry.expires.is_none_or(|at| at > now).then_some(entry)
    }

    /// Puts `value` under `key`, over whatever was there.
    pub(super) fn put(
        &mut self,
        key: &str,
        value: Arc<str>,
        expires: Option<Instant>,
        now: Instant,
    ) -> Result<(), RedisError> {
        let entry = Entry { value, expires };
        let old = self.entries.get(key).map_or(0, |old| old.size(key));
        let new = entry.size(key);
        if new > old && self.used - old + new > self.limit {
            while self.sweep(now, SWEEP) {}
            let old = self.entries.get(key).map_or(0, |old| old.size(key));
            if self.used - old + new > self.limit {
                return Err(RedisError::OutOfMemory);
            }
        }
        self.remove(key);
        let key: Arc<str> = key.into();
        if let Some(at) = expires {
            self.expiries.insert((at, Arc::clone(&key)));
        }
        self.entries.insert(key, entry);
        self.used += new;
        Ok(())
    }

    /// The entry under `key`, gone from the store.
    pub(super) fn take(&mut self, key: &str, now: Instant) -> Option<Entry> {
        let entry = self.remove(key)?;
        entry.expires.is_none_or(|at| at > now).then_some(entry)
    }

    /// Lets `key`, which must be there, expire at `at`.
    pub(super) fn expire(&mut self, key: &str, at: Instant) {
        let Some((key, _)) = self.entries.get_key_value(key) else {
            return;
        };
        let key = Arc::clone(key);
        let Some(entry) = self.entries.get_mut(&key) else {
            return;
        };
        if let Some(before) = entry.expires.replace(at) {
            self.expiries.remove(&(before, Arc::clone(&key)));
        }
        self.expiries.insert((at, key));
    }

    fn remove(&mut self, key: &str) -> Option<Entry> {
        let (key, entry) = self.entries.remove_entry(key)?;
        self.used -= entry.size(&key);
        if let Some(at) = entry.expires {
            self.expiries.remove(&(at, key));
        }
        Some(entry)
    }

    /// Removes up to `count` keys that have expired, and says whether there may be more.
    fn sweep(&mut self, now: Instant, count: usize) -> bool {
        for _ in 0..count {
            match self.expiries.first() {
                Some((at, key)) if *at <= now => {
                    let key = Arc::clone(key);
                    self.remove(&key);
                }
                _ => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, advance};

    use super::{ENTRY, Keys, RedisError, Store};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn what_has_expired_is_absent_and_soon_swept() {
        let store = Store::new();
        let now = Instant::now();
        for number in 0..5000 {
            let expires = (number > 0).then(|| now + SECOND);
            let key = number.to_string();
            store.lock().put(&key, "x".into(), expires, now).unwrap();
        }
        assert!(store.lock().find("1", now).is_some());
        assert!(store.lock().find("1", now + SECOND).is_none());
        let sweeper = tokio::time::timeout(3 * SECOND, store.sweep());
        assert!(sweeper.await.is_err(), "it sweeps for ever");
        let keys = store.lock();
        assert_eq!(keys.entries.len(), 1);
        assert!(keys.expiries.is_empty());
        assert_eq!(keys.used, ENTRY + 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_store_refuses_what_makes_it_larger_until_something_expires() {
        let mut keys = Keys::new(2 * (ENTRY + 10));
        let now = Instant::now();
        let put = |keys: &mut Keys, key: &str, value: &str, expires| {
            keys.put(key, value.into(), expires, Instant::now())
        };
        put(&mut keys, "a", "123456789", Some(now + SECOND)).unwrap();
        put(&mut keys, "b", "123456789", None).unwrap();
        assert_eq!(put(&mut keys, "c", "", None), Err(RedisError::OutOfMemory));
        let longer = put(&mut keys, "b", "1234567890", None);
        assert_eq!(longer, Err(RedisError::OutOfMemory));
        assert_eq!(keys.find("b", now).unwrap().value.as_ref(), "123456789");
        put(&mut keys, "b", "12345678", None).unwrap();
        advance(SECOND).await;
        put(&mut keys, "c", "1234567890", None).unwrap();
        keys.take("b", now);
        keys.take("c", now);
        assert_eq!(keys.used, 0);
    }

    #[test]
    fn a_new_expiry_takes_the_place_of_the_old_one() {
        let mut keys = Keys::new(1000);
        let now = Instant::now();
        keys.put("a", "1".into(), Some(now + SECOND), now).unwrap();
        keys.expire("a", now + 5 * SECOND);
        assert!(!keys.sweep(now + 2 * SECOND, 10));
        assert!(keys.find("a", now + 2 * SECOND).is_some());
        keys.put("a", "2".into(), None, now).unwrap();
        assert!(keys.expiries.is_empty());
    }
}
