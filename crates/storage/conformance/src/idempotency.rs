//! What a tenant's creates are recognised by.

use futures_util::future::join_all;
use iam_model::Timestamp;
use iam_storage_ports::{Change, IdempotencyRecord, Storage};

use crate::{
    assert::{assert_error, is_known, only_winner},
    fixture::{Here, MANY, client, group, idempotent, policy, random, role, user},
};

/// A record is found by its key, as it was written, in the tenant of the log, and in no other.
pub async fn a_create_is_recognised_by_its_key(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let key = new_key();
    let change = idempotent(here.tenant.id, &key);
    here.users()
        .add(&user("alice"), None, &change)
        .await
        .unwrap();
    let found = here.idempotency().find_by_key(&key).await.unwrap();
    assert_eq!(found, change.idempotency);
    assert_eq!(other.idempotency().find_by_key(&key).await.unwrap(), None);
    let unknown = here.idempotency().find_by_key(&new_key()).await;
    assert_eq!(unknown.unwrap(), None);
    // The key is the other tenant's too.
    let change = idempotent(other.tenant.id, &key);
    other
        .users()
        .add(&user("alice"), None, &change)
        .await
        .unwrap();
    let found = other.idempotency().find_by_key(&key).await.unwrap();
    assert_eq!(found, change.idempotency);
}

/// A create that does not succeed is not recognised later.
pub async fn a_create_that_failed_is_not_recognised(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    here.user("alice").await;
    let key = new_key();
    let change = idempotent(here.tenant.id, &key);
    let added = here.users().add(&user("alice"), None, &change).await;
    assert_error!(added, AlreadyExists);
    assert_eq!(here.idempotency().find_by_key(&key).await.unwrap(), None);
    here.users().add(&user("bob"), None, &change).await.unwrap();
    let found = here.idempotency().find_by_key(&key).await.unwrap();
    assert_eq!(found, change.idempotency);
}

/// A second create with the same key, of whatever kind, fails as a whole and leaves nothing.
pub async fn a_second_create_with_the_same_key_leaves_nothing(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let key = new_key();
    let first = idempotent(here.tenant.id, &key);
    here.users()
        .add(&user("alice"), None, &first)
        .await
        .unwrap();
    let (bob, clerk, eng) = (user("bob"), role("clerk", &["a.b"]), group("eng", None));
    let (client, policy) = (client(&here.tenant), policy("package iam"));
    let again = || idempotent(here.tenant.id, &key);
    let (users, roles, groups) = (here.users(), here.roles(), here.groups());
    assert_error!(users.add(&bob, None, &again()).await, AlreadyExists);
    assert_error!(roles.add(&clerk, &again()).await, AlreadyExists);
    assert_error!(groups.add(&eng, &again()).await, AlreadyExists);
    let added = here.clients().add(&client, &again()).await;
    assert_error!(added, AlreadyExists);
    let added = here.policies().add(policy.clone(), &again()).await;
    assert_error!(added, AlreadyExists);
    assert_eq!(users.lookup(&bob.id).await.unwrap(), None);
    assert_eq!(roles.lookup(&clerk.id).await.unwrap(), None);
    assert_eq!(groups.lookup(&eng.id).await.unwrap(), None);
    assert_eq!(here.clients().lookup(&client.id).await.unwrap(), None);
    assert_eq!(here.policies().lookup(&policy.id).await.unwrap(), None);
    let found = here.idempotency().find_by_key(&key).await.unwrap();
    assert_eq!(found, first.idempotency);
}

/// Of many creates with one key at once, one succeeds, and it is the one that is recognised.
pub async fn of_many_creates_with_one_key_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let key = new_key();
    let users: Vec<_> = (0..MANY).map(|n| user(&format!("u{n}"))).collect();
    let change = |_| idempotent(here.tenant.id, &key);
    let changes: Vec<_> = (0..MANY).map(change).collect();
    let adds = users.iter().zip(&changes);
    let adds = adds.map(|(user, change)| here.users().add(user, None, change));
    let winner = only_winner(join_all(adds).await, is_known);
    for (n, user) in users.iter().enumerate() {
        let found = here.users().lookup(&user.id).await.unwrap();
        assert_eq!(found.is_some(), n == winner);
    }
    let found = here.idempotency().find_by_key(&key).await.unwrap();
    assert_eq!(found, changes[winner].idempotency);
}

/// Records that were made before a time are purged, those of this tenant only, and are counted.
pub async fn old_records_are_purged(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let mut keys = Vec::new();
    for (n, millis) in [-1, 5, 6, 7, i64::MAX].into_iter().enumerate() {
        let key = new_key();
        for at in [&here, &other] {
            let change = made_at(idempotent(at.tenant.id, &key), millis);
            let user = user(&format!("u{n}"));
            at.users().add(&user, None, &change).await.unwrap();
        }
        keys.push(key);
    }
    let before = Timestamp::from_millis(7);
    let idempotency = here.idempotency();
    assert_eq!(idempotency.purge(before).await.unwrap(), 3);
    assert_eq!(idempotency.purge(before).await.unwrap(), 0);
    for (n, key) in keys.iter().enumerate() {
        let found = idempotency.find_by_key(key).await.unwrap();
        assert_eq!(found.is_some(), n >= 3);
        let found = other.idempotency().find_by_key(key).await.unwrap();
        assert!(found.is_some(), "another tenant's");
    }
    let change = idempotent(here.tenant.id, &keys[0]);
    here.users().add(&user("new"), None, &change).await.unwrap();
    let absent = Here::absent(storage);
    assert_eq!(absent.idempotency().purge(before).await.unwrap(), 0);
}

fn made_at(change: Change, millis: i64) -> Change {
    let record = change.idempotency.map(|record| IdempotencyRecord {
        created_at: Timestamp::from_millis(millis),
        ..record
    });
    Change {
        idempotency: record,
        ..change
    }
}

/// A key that no other case has.
fn new_key() -> String {
    format!("{:032x}{:032x}", random(), random())
}
