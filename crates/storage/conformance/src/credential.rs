//! What a tenant's users log in with.

use futures_util::future::join_all;
use iam_model::{
    CredentialKind, CredentialSummary, PasswordCredential, PasswordHash, User, UserStatus,
};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{Here, LATER, MANY, hash, password, user},
};

fn summary(password: &PasswordCredential) -> CredentialSummary {
    CredentialSummary {
        id: password.id,
        kind: CredentialKind::Password,
        updated_at: password.updated_at,
    }
}

/// A password is found by its user, and a user without one has none.
pub async fn a_password_is_found_by_its_user(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut alice, bob) = (here.user("alice").await, here.user("bob").await);
    let password = here.password(&mut alice).await;
    let summary = summary(&password);
    let credentials = here.credentials();
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(password));
    assert_eq!(credentials.list(&alice.id).await.unwrap(), [summary]);
    for without in [bob, user("nobody")] {
        assert_eq!(credentials.find_by_user(&without.id).await.unwrap(), None);
        assert_eq!(credentials.list(&without.id).await.unwrap(), []);
    }
}

/// A password is removed by its id and its user, once; then the user has none and can be given
/// another.
pub async fn a_password_is_removed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut alice, mut bob) = (here.user("alice").await, here.user("bob").await);
    let password = here.password(&mut alice).await;
    let of_bob = here.password(&mut bob).await;
    let credentials = here.credentials();
    let held = summary(&password);
    let other_kind = CredentialSummary {
        kind: CredentialKind::Totp,
        ..held.clone()
    };
    for (user, credential) in [
        (&bob, &held),
        (&alice, &summary(&of_bob)),
        (&alice, &summary(&self::password(&alice))),
        (&alice, &other_kind),
        (&user("nobody"), &held),
    ] {
        let removed = credentials
            .remove(&user.id, credential, &here.change())
            .await;
        assert_error!(removed, NotFound);
    }
    let removed = credentials.remove(&alice.id, &held, &here.change()).await;
    removed.unwrap();
    let again = credentials.remove(&alice.id, &held, &here.change()).await;
    assert_error!(again, NotFound);
    assert_eq!(credentials.find_by_user(&alice.id).await.unwrap(), None);
    let found = credentials.find_by_user(&bob.id).await.unwrap();
    assert_eq!(found, Some(of_bob));
    here.password(&mut alice).await;
}

/// A password that is changed takes the place of the one before, and the user counts a version
/// and may change too.
pub async fn a_password_is_changed_together_with_its_user(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut alice = here.user("alice").await;
    let first = here.password(&mut alice).await;
    let second = password(&alice);
    let invited = User {
        status: UserStatus::Invited,
        updated_at: LATER,
        ..alice.clone()
    };
    let users = here.users();
    let after = users
        .change_password(invited.clone(), &second, &here.change())
        .await;
    let after = after.unwrap();
    let expected = User {
        version: alice.version + 1,
        ..invited
    };
    assert_eq!(after, expected);
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(after.clone()));
    let credentials = here.credentials();
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&second));
    assert_error!(credentials.rehash(&first, &hash()).await, Stale);
    let same_id = PasswordCredential {
        hash: hash(),
        updated_at: LATER,
        ..second
    };
    let third = users.change_password(after, &same_id, &here.change()).await;
    third.unwrap();
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(same_id));
}

/// Of a user that has changed since it was read, the password cannot be changed, and the one there
/// is stays.
pub async fn a_password_of_a_stale_user_is_not_changed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let old = here.user("alice").await;
    let mut alice = old.clone();
    let first = here.password(&mut alice).await;
    let users = here.users();
    for stale in [old, user("bob")] {
        let second = password(&stale);
        let changed = users.change_password(stale, &second, &here.change()).await;
        assert_error!(changed, Stale);
    }
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice.clone()));
    let found = here.credentials().find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(first));
}

/// A rehash of a password that was changed meanwhile is refused, and the change stays.
pub async fn a_rehash_does_not_undo_a_change_of_password(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut alice = here.user("alice").await;
    let read_at_login = here.password(&mut alice).await;
    let credentials = here.credentials();
    let changed = hash();
    let rehashed = credentials.rehash(&read_at_login, &changed).await;
    rehashed.unwrap();
    let late = credentials.rehash(&read_at_login, &hash()).await;
    assert_error!(late, Stale);
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    let expected = PasswordCredential {
        hash: changed,
        ..read_at_login
    };
    assert_eq!(found, Some(expected));
}

/// A rehash replaces the hash, whatever it looks like, and nothing else: not the age of the
/// password, which is the user's and not the hash's.
pub async fn a_rehash_replaces_the_hash_and_nothing_else(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut alice, mut bob) = (here.user("alice").await, here.user("bob").await);
    let password = here.password(&mut alice).await;
    let other = here.password(&mut bob).await;
    let credentials = here.credentials();
    let hash = PasswordHash::new("$x$'; update credentials set hash = ''; --".to_owned());
    credentials.rehash(&password, &hash).await.unwrap();
    let expected = PasswordCredential { hash, ..password };
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(expected));
    let found = credentials.find_by_user(&bob.id).await.unwrap();
    assert_eq!(found, Some(other));
    assert_eq!(here.users().lookup(&alice.id).await.unwrap(), Some(alice));
}

/// Another tenant's password is absent, and cannot be rehashed, changed or removed.
pub async fn another_tenants_password_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let mut alice = theirs.user("alice").await;
    let held = theirs.password(&mut alice).await;
    let credentials = ours.credentials();
    assert_eq!(credentials.find_by_user(&alice.id).await.unwrap(), None);
    assert_eq!(credentials.list(&alice.id).await.unwrap(), []);
    assert_error!(credentials.rehash(&held, &hash()).await, Stale);
    let change = ours.change();
    let removed = credentials
        .remove(&alice.id, &summary(&held), &change)
        .await;
    assert_error!(removed, NotFound);
    let other = password(&alice);
    let users = ours.users();
    let changed = users.change_password(alice.clone(), &other, &change).await;
    assert_error!(changed, Stale);
    let found = theirs.credentials().find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(held));
}

/// Of many who change the password of one version at once, one succeeds and theirs is kept.
pub async fn of_many_who_change_one_password_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut alice = here.user("alice").await;
    here.password(&mut alice).await;
    let passwords: Vec<_> = (0..MANY).map(|_| password(&alice)).collect();
    let changes = here.changes();
    let users = here.users();
    let change = |(password, change)| users.change_password(alice.clone(), password, change);
    let outcomes = join_all(passwords.iter().zip(&changes).map(change)).await;
    let winner = &passwords[only_winner(outcomes, is_stale)];
    let found = here.credentials().find_by_user(&alice.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(winner));
}

/// Of many who rehash one password at once, one succeeds.
pub async fn of_many_who_rehash_one_password_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut alice = here.user("alice").await;
    let password = here.password(&mut alice).await;
    let credentials = here.credentials();
    let hashes: Vec<_> = (0..MANY).map(|_| hash()).collect();
    let rehash = |hash| credentials.rehash(&password, hash);
    let outcomes = join_all(hashes.iter().map(rehash)).await;
    let winner = hashes[only_winner(outcomes, is_stale)].clone();
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found.map(|password| password.hash), Some(winner));
}
