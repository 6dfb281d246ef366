//! Passwords of a tenant's users.

use futures_util::future::join_all;
use iam_model::{PasswordCredential, PasswordHash};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{LATER, MANY, NOW, hash, new_password, new_tenant, new_user, password, user},
};

/// A password is found by its user, and a user without one has none.
pub async fn a_password_is_found_by_its_user(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let bob = new_user(storage, &tenant, "bob").await;
    let password = new_password(storage, &tenant, &alice).await;
    let tenant = storage.tenant(tenant.id);
    let credentials = tenant.credentials();
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(password));
    assert_eq!(credentials.find_by_user(&bob.id).await.unwrap(), None);
}

/// A password cannot be given to a user who is not there, or is another tenant's.
pub async fn a_password_needs_a_user_of_the_tenant(storage: &dyn Storage) {
    let (ours, theirs) = (new_tenant(storage).await, new_tenant(storage).await);
    let stranger = new_user(storage, &theirs, "alice").await;
    let ours = storage.tenant(ours.id);
    let credentials = ours.credentials();
    assert_error!(credentials.add(&password(&user("bob"))).await, NotFound);
    assert_error!(credentials.add(&password(&stranger)).await, NotFound);
    let theirs = storage.tenant(theirs.id);
    let found = theirs.credentials().find_by_user(&stranger.id).await;
    assert_eq!(found.unwrap(), None);
}

/// A rehash of a password that was changed meanwhile is refused, and the change stays.
pub async fn a_rehash_does_not_undo_a_change_of_password(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let read_at_login = new_password(storage, &tenant, &alice).await;
    let tenant = storage.tenant(tenant.id);
    let credentials = tenant.credentials();
    let changed = hash();
    credentials
        .rehash(&read_at_login, &changed, NOW)
        .await
        .unwrap();
    assert_error!(
        credentials.rehash(&read_at_login, &hash(), LATER).await,
        Stale
    );
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    let expected = PasswordCredential {
        hash: changed,
        updated_at: NOW,
        ..read_at_login
    };
    assert_eq!(found, Some(expected));
}

/// A rehash replaces the hash, whatever it looks like, and nothing else.
pub async fn a_rehash_replaces_the_hash_and_nothing_else(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let bob = new_user(storage, &tenant, "bob").await;
    let password = new_password(storage, &tenant, &alice).await;
    let other = new_password(storage, &tenant, &bob).await;
    let tenant = storage.tenant(tenant.id);
    let credentials = tenant.credentials();
    let hash = PasswordHash::new("$x$'; update credentials set hash = ''; --".to_owned());
    credentials.rehash(&password, &hash, LATER).await.unwrap();
    let expected = PasswordCredential {
        hash,
        updated_at: LATER,
        ..password
    };
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(expected));
    assert_eq!(
        credentials.find_by_user(&bob.id).await.unwrap(),
        Some(other)
    );
}

/// A user has one password at most, and its id is its own.
pub async fn a_user_has_one_password_at_most(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let bob = new_user(storage, &tenant, "bob").await;
    let first = new_password(storage, &tenant, &alice).await;
    let tenant = storage.tenant(tenant.id);
    let credentials = tenant.credentials();
    assert_error!(credentials.add(&password(&alice)).await, AlreadyExists);
    let same_id = PasswordCredential {
        id: first.id,
        ..password(&bob)
    };
    assert_error!(credentials.add(&same_id).await, AlreadyExists);
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(first));
}

/// Another tenant's password is absent, and cannot be rehashed.
pub async fn another_tenants_password_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (new_tenant(storage).await, new_tenant(storage).await);
    let alice = new_user(storage, &theirs, "alice").await;
    let password = new_password(storage, &theirs, &alice).await;
    let ours = storage.tenant(ours.id);
    let found = ours.credentials().find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, None);
    assert_error!(
        ours.credentials().rehash(&password, &hash(), LATER).await,
        Stale
    );
    let theirs = storage.tenant(theirs.id);
    let found = theirs.credentials().find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(password));
}

/// Of many who rehash one password at once, one succeeds.
pub async fn of_many_who_rehash_one_password_one_succeeds(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let password = new_password(storage, &tenant, &alice).await;
    let tenant = storage.tenant(tenant.id);
    let credentials = tenant.credentials();
    let hashes: Vec<_> = (0..MANY).map(|_| hash()).collect();
    let rehash = |hash| credentials.rehash(&password, hash, LATER);
    let outcomes = join_all(hashes.iter().map(rehash)).await;
    let winner = hashes[only_winner(outcomes, is_stale)].clone();
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found.map(|password| password.hash), Some(winner));
}
