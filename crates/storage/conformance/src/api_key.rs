//! A tenant's API keys.

use futures_util::future::join_all;
use iam_model::{ApiKey, ApiKeyDigest, Tenant, TenantStatus, Timestamp};
use iam_storage_ports::{Page, Storage};

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{Here, LATER, NOW, api_key, permissions},
};

/// A change is returned as it is stored and counts a version; the id, the digest and the time the
/// key was made stay.
pub async fn a_key_is_changed_and_removed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (before, other) = (here.api_key(&["a.read"]).await, here.api_key(&[]).await);
    let asked = ApiKey {
        name: "Büro '); drop table api_keys; -- 🔑".parse().unwrap(),
        digest: ApiKeyDigest::new([7; 32]),
        permissions: permissions(&["b.*", "a.read", "b.*"]),
        expires_at: Some(Timestamp::from_millis(i64::MAX)),
        revoked_at: Some(LATER),
        created_at: LATER,
        updated_at: LATER,
        ..before.clone()
    };
    let keys = here.api_keys();
    let after = keys.change(asked.clone(), &here.change()).await.unwrap();
    let expected = ApiKey {
        digest: before.digest.clone(),
        permissions: permissions(&["a.read", "b.*"]),
        version: 2,
        created_at: NOW,
        ..asked
    };
    assert_eq!(after, expected);
    assert_eq!(keys.lookup(&after.id).await.unwrap().as_ref(), Some(&after));
    keys.remove(&after, &here.change()).await.unwrap();
    assert_eq!(keys.lookup(&after.id).await.unwrap(), None);
    let found = storage.principals().find_by_api_key(&after.id).await;
    assert_eq!(found.unwrap(), None);
    assert_eq!(keys.lookup(&other.id).await.unwrap(), Some(other));
    keys.add(&before, &here.change()).await.unwrap();
}

/// A key that comes alone is found with its tenant, whatever has become of either: whether they
/// still work is for the use case to look at.
pub async fn a_key_is_found_with_its_tenant(storage: &dyn Storage) {
    let (mut here, other) = (Here::new(storage).await, Here::new(storage).await);
    let key = here.api_key(&["b.read", "a.*"]).await;
    let theirs = other.api_key(&[]).await;
    let stored = ApiKey {
        permissions: permissions(&["a.*", "b.read"]),
        ..key
    };
    let principals = storage.principals();
    let found = principals.find_by_api_key(&stored.id).await.unwrap();
    assert_eq!(found, Some((here.tenant.clone(), stored.clone())));
    let found = principals.find_by_api_key(&theirs.id).await.unwrap();
    assert_eq!(found, Some((other.tenant.clone(), theirs)));
    let found = principals.find_by_api_key(&api_key(&[]).id).await.unwrap();
    assert_eq!(found, None);
    let revoked = ApiKey {
        expires_at: Some(NOW),
        revoked_at: Some(NOW),
        ..stored
    };
    let revoked = here.api_keys().change(revoked, &here.change()).await;
    let deleted = Tenant {
        status: TenantStatus::Deleted,
        ..here.tenant.clone()
    };
    let change = here.change();
    here.tenant = storage.tenants().change(deleted, &change).await.unwrap();
    let revoked = revoked.unwrap();
    let found = principals.find_by_api_key(&revoked.id).await.unwrap();
    assert_eq!(found, Some((here.tenant, revoked)));
}

/// A tenant that is not there gets no keys.
pub async fn a_key_needs_a_tenant(storage: &dyn Storage) {
    let absent = Here::absent(storage);
    let key = api_key(&["a.read"]);
    let added = absent.api_keys().add(&key, &absent.change()).await;
    assert_error!(added, NotFound);
    assert_eq!(absent.api_keys().lookup(&key.id).await.unwrap(), None);
}

/// A key that has changed since it was read, or is gone, is stale and left alone.
pub async fn a_key_that_has_changed_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let old = here.api_key(&["a.read"]).await;
    let keys = here.api_keys();
    let new = keys.change(old.clone(), &here.change()).await.unwrap();
    for stale in [old, api_key(&[])] {
        assert_error!(keys.remove(&stale, &here.change()).await, Stale);
        let changed = ApiKey {
            permissions: permissions(&["b.read"]),
            ..stale
        };
        assert_error!(keys.change(changed, &here.change()).await, Stale);
    }
    assert_eq!(keys.lookup(&new.id).await.unwrap(), Some(new));
}

/// Another tenant's key is absent: it cannot be read, listed, changed or removed.
pub async fn another_tenants_key_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let key = theirs.api_key(&["a.read"]).await;
    let (keys, change) = (ours.api_keys(), ours.change());
    assert_eq!(keys.lookup(&key.id).await.unwrap(), None);
    assert_eq!(keys.list(&Page::first(9)).await.unwrap().items, []);
    assert_error!(keys.change(key.clone(), &change).await, Stale);
    assert_error!(keys.remove(&key, &change).await, Stale);
    let found = theirs.api_keys().lookup(&key.id).await.unwrap();
    assert_eq!(found, Some(key));
}

/// No two keys have one id, in whatever tenants they are.
pub async fn key_ids_are_unique(storage: &dyn Storage) {
    let (one, two) = (Here::new(storage).await, Here::new(storage).await);
    let first = one.api_key(&["a.read"]).await;
    for here in [&one, &two] {
        let second = ApiKey {
            id: first.id,
            ..api_key(&["b.read"])
        };
        let added = here.api_keys().add(&second, &here.change()).await;
        assert_error!(added, AlreadyExists);
    }
    let found = storage.principals().find_by_api_key(&first.id).await;
    assert_eq!(found.unwrap(), Some((one.tenant, first)));
}

/// Keys are listed by id, also those that do not work any more.
pub async fn keys_are_listed_also_when_they_do_not_work(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut all = vec![here.api_key(&["a.read"]).await, here.api_key(&[]).await];
    for (expires_at, revoked_at) in [(None, Some(NOW)), (Some(NOW), None)] {
        let key = ApiKey {
            expires_at,
            revoked_at,
            ..api_key(&["c.read"])
        };
        here.api_keys().add(&key, &here.change()).await.unwrap();
        all.push(key);
    }
    all.sort_by_key(|key| key.id);
    let listing = here.api_keys().list(&Page::first(4)).await.unwrap();
    assert_eq!((listing.items, listing.next), (all, None));
}

/// Of many who add or change one key at once, one succeeds.
pub async fn of_many_who_add_or_change_one_key_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let key = api_key(&["a.read"]);
    let (keys, changes) = (here.api_keys(), here.changes());
    let adds = changes.iter().map(|change| keys.add(&key, change));
    only_winner(join_all(adds).await, is_known);
    let changes = here.changes();
    let change = |change| keys.change(key.clone(), change);
    only_winner(join_all(changes.iter().map(change)).await, is_stale);
    let found = keys.lookup(&key.id).await.unwrap();
    assert_eq!(found.map(|key| key.version), Some(2));
}
