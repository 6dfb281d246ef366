//! What the tables of all entities have in common.

use std::collections::{BTreeMap, BTreeSet};

use iam_model::{ApiKey, CatalogueEntry, Client, Group, Role, Tenant, User};
use iam_storage_ports::{Listing, Page, StorageError};

/// What counts its changes.
pub(crate) trait Versioned: Clone {
    fn version(&self) -> i64;

    /// What is stored when this replaces `before`.
    fn after(self, before: &Self) -> Self;
}

/// Names, for each entity, the fields that a change leaves as they are.
macro_rules! versioned {
    ($($entity:ident { $($kept:ident)+ })+) => {$(
        impl Versioned for $entity {
            fn version(&self) -> i64 {
                self.version
            }

            fn after(self, before: &Self) -> Self {
                Self {
                    version: before.version + 1,
                    $($kept: before.$kept.clone(),)+
                    ..self
                }
            }
        }
    )+};
}

versioned! {
    ApiKey { created_at digest }
    CatalogueEntry { created_at }
    Client { created_at tenant_id }
    Group { created_at }
    Role { created_at }
    Tenant { created_at name }
    User { created_at }
}

/// Adds a row if its key is free.
pub(crate) fn add<K: Ord, V: Clone>(
    table: &mut BTreeMap<K, V>,
    key: K,
    value: &V,
) -> Result<(), StorageError> {
    free(table.contains_key(&key))?;
    table.insert(key, value.clone());
    Ok(())
}

/// Replaces a row that is still as it was read, and returns it as it now is.
pub(crate) fn change<K: Ord, V: Versioned>(
    table: &mut BTreeMap<K, V>,
    key: K,
    value: V,
) -> Result<V, StorageError> {
    let before = current(table, &key, &value)?;
    let after = value.after(before);
    table.insert(key, after.clone());
    Ok(after)
}

/// Removes a row that is still as it was read.
pub(crate) fn remove<K: Ord, V: Versioned>(
    table: &mut BTreeMap<K, V>,
    key: &K,
    value: &V,
) -> Result<(), StorageError> {
    current(table, key, value)?;
    table.remove(key);
    Ok(())
}

/// The row that `value` was read from, if it has not changed since.
fn current<'t, K: Ord, V: Versioned>(
    table: &'t BTreeMap<K, V>,
    key: &K,
    value: &V,
) -> Result<&'t V, StorageError> {
    let stored = table.get(key);
    stored
        .filter(|stored| stored.version() == value.version())
        .ok_or(StorageError::Stale)
}

/// Refuses what is taken.
pub(crate) const fn free(taken: bool) -> Result<(), StorageError> {
    if taken {
        return Err(StorageError::AlreadyExists);
    }
    Ok(())
}

/// Refuses what something still refers to.
pub(crate) const fn unused(used: bool) -> Result<(), StorageError> {
    if used {
        return Err(StorageError::InUse);
    }
    Ok(())
}

/// Refuses to refer to what does not exist.
pub(crate) const fn exists(found: bool) -> Result<(), StorageError> {
    if found {
        return Ok(());
    }
    Err(StorageError::NotFound)
}

/// One page of the rows that `wanted` lets through.
pub(crate) fn page<K: ToString, V: Clone>(
    table: &BTreeMap<K, V>,
    page: &Page,
    wanted: impl Fn(&V) -> bool,
    key: impl Fn(&V) -> String,
) -> Listing<V> {
    let after = |key: &K| page.after.as_ref().is_none_or(|end| key.to_string() > *end);
    let rows = table.iter().filter(|(key, row)| after(key) && wanted(row));
    let rows = rows.map(|(_, row)| row.clone());
    let one_more = usize::from(page.limit) + 1;
    Listing::new(rows.take(one_more).collect(), page, key)
}

/// A count as the ports give it.
pub(crate) fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Whether `text` begins with `prefix`, if there is one.
pub(crate) fn begins(text: &str, prefix: Option<&str>) -> bool {
    prefix.is_none_or(|prefix| text.starts_with(prefix))
}

/// `start` and all that one comes to from there, each once.
pub(crate) fn reachable<K: Copy + Ord>(
    start: impl IntoIterator<Item = K>,
    next: impl Fn(K) -> Vec<K>,
) -> BTreeSet<K> {
    let mut seen = BTreeSet::new();
    let mut ahead: Vec<K> = start.into_iter().collect();
    while let Some(key) = ahead.pop() {
        if seen.insert(key) {
            ahead.extend(next(key));
        }
    }
    seen
}

/// The set of `items` as it is stored.
pub(crate) fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let items: BTreeSet<T> = items.into_iter().collect();
    items.into_iter().collect()
}
