//! A tenant's users.

use futures_util::future::join_all;
use iam_model::{PasswordCredential, Timestamp, User, UserStatus, Username};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{Here, LATER, MANY, NOW, email, external_ids, password, user},
};

/// A change is returned as it is stored and counts a version; the id and the time the user was
/// made stay.
pub async fn a_change_counts_a_version(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let before = here.user("alice").await;
    let users = here.users();
    let mut asked = User {
        username: "Alicia".parse().unwrap(),
        status: UserStatus::Locked,
        created_at: LATER,
        updated_at: LATER,
        ..before.clone()
    };
    asked.details.emails = vec![email("alice@example.com")];
    asked.details.external_ids = external_ids(&[("hr", "4711")]);
    asked.details.profile.name = Some("Alice A.".parse().unwrap());
    let after = users.change(asked.clone(), &here.change()).await.unwrap();
    let expected = User {
        version: 2,
        created_at: NOW,
        ..asked
    };
    assert_eq!(after, expected);
    assert_eq!(users.lookup(&after.id).await.unwrap(), Some(after.clone()));
    let old = users.find_by_username(&before.username).await.unwrap();
    assert_eq!(old, None);
    let again = users.change(after, &here.change()).await.unwrap();
    assert_eq!(again.version, 3);
}

/// A user is found by its id and by its name, and by no other.
pub async fn a_user_is_found_by_its_id_and_by_its_name(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = User {
        created_at: Timestamp::from_millis((1 << 53) + 1),
        updated_at: Timestamp::from_millis(i64::MAX),
        version: i64::MAX,
        status: UserStatus::Disabled,
        ..user("alice")
    };
    let alice = here.add_user(alice).await;
    let absent = user("bob");
    let users = here.users();
    assert_eq!(users.lookup(&absent.id).await.unwrap(), None);
    let found = users.find_by_username(&absent.username).await.unwrap();
    assert_eq!(found, None);
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice.clone()));
    let found = users.find_by_username(&alice.username).await.unwrap();
    assert_eq!(found, Some(alice));
}

/// A user and their password are added together, or neither of them is.
pub async fn a_user_is_added_with_their_password_or_not_at_all(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (user("alice"), user("bob"));
    let (of_alice, of_bob) = (password(&alice), password(&bob));
    let (users, credentials) = (here.users(), here.credentials());
    let added = users.add(&alice, Some(&of_alice), &here.change()).await;
    added.unwrap();
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice.clone()));
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&of_alice));
    // The password's id is taken, so bob is not added either.
    let clash = PasswordCredential {
        id: of_alice.id,
        ..of_bob.clone()
    };
    let refused = users.add(&bob, Some(&clash), &here.change()).await;
    assert_error!(refused, AlreadyExists);
    assert_eq!(users.lookup(&bob.id).await.unwrap(), None);
    assert_eq!(credentials.find_by_user(&bob.id).await.unwrap(), None);
    let added = users.add(&bob, Some(&of_bob), &here.change()).await;
    added.unwrap();
}

/// A tenant that is not there has no users and gets none.
pub async fn a_user_needs_a_tenant(storage: &dyn Storage) {
    let absent = Here::absent(storage);
    let alice = user("alice");
    let added = absent.users().add(&alice, None, &absent.change()).await;
    assert_error!(added, NotFound);
    assert_eq!(absent.users().lookup(&alice.id).await.unwrap(), None);
}

/// A user that has changed since it was read, or is not there, is stale and left alone.
pub async fn a_user_that_has_changed_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let old = here.user("alice").await;
    let users = here.users();
    let new = users.change(old.clone(), &here.change()).await.unwrap();
    let never = User {
        version: 9,
        ..new.clone()
    };
    for stale in [old, never, user("bob")] {
        assert_error!(users.remove(&stale, &here.change()).await, Stale);
        let changed = User {
            status: UserStatus::Disabled,
            updated_at: LATER,
            ..stale
        };
        assert_error!(users.change(changed, &here.change()).await, Stale);
    }
    assert_eq!(users.lookup(&new.id).await.unwrap(), Some(new));
}

/// Another tenant's user is absent, however it is asked for, and cannot be changed or removed.
pub async fn another_tenants_user_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let mut alice = user("alice");
    alice.details.emails = vec![email("alice@example.com")];
    let alice = theirs.add_user(alice).await;
    let (users, change) = (ours.users(), ours.change());
    assert_eq!(users.lookup(&alice.id).await.unwrap(), None);
    let found = users.find_by_username(&alice.username).await.unwrap();
    assert_eq!(found, None);
    let address = &alice.details.emails[0].address;
    assert_eq!(users.find_by_email(address).await.unwrap(), None);
    assert_error!(users.change(alice.clone(), &change).await, Stale);
    assert_error!(users.remove(&alice, &change).await, Stale);
    let found = theirs.users().lookup(&alice.id).await.unwrap();
    assert_eq!(found, Some(alice));
}

/// Of many who add one name at once, one succeeds.
pub async fn of_many_who_add_one_name_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let users = here.users();
    let rivals: Vec<_> = (0..MANY).map(|_| user("alice")).collect();
    let changes = here.changes();
    let adds = rivals.iter().zip(&changes);
    let adds = adds.map(|(user, change)| users.add(user, None, change));
    let winner = &rivals[only_winner(join_all(adds).await, is_known)];
    let found = users.find_by_username(&winner.username).await.unwrap();
    assert_eq!(found.as_ref(), Some(winner));
}

/// Of many who change one version at once, one succeeds.
pub async fn of_many_who_change_one_version_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let user = here.user("alice").await;
    let (users, changes) = (here.users(), here.changes());
    let change = |change| users.change(user.clone(), change);
    let outcomes = join_all(changes.iter().map(change)).await;
    only_winner(outcomes, is_stale);
    let found = users.lookup(&user.id).await.unwrap();
    assert_eq!(found.map(|user| user.version), Some(2));
}

/// A username that one tenant has given is free in another, and each finds its own user.
pub async fn one_username_is_free_in_another_tenant(storage: &dyn Storage) {
    let (one, two) = (Here::new(storage).await, Here::new(storage).await);
    let (in_one, in_two) = (one.user("alice").await, two.user("alice").await);
    for (here, user) in [(one, in_one), (two, in_two)] {
        let found = here.users().find_by_username(&user.username).await;
        assert_eq!(found.unwrap(), Some(user));
    }
}

/// No two users of a tenant have one id.
pub async fn user_ids_are_unique_in_the_tenant(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let same_id = User {
        id: alice.id,
        ..user("bob")
    };
    let users = here.users();
    let added = users.add(&same_id, None, &here.change()).await;
    assert_error!(added, AlreadyExists);
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice));
}

/// Usernames compare by RFC 8265 §3.3: by case, width and composition they do not differ, by
/// anything else they do; also when a user is renamed.
pub async fn usernames_compare_by_their_key(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (first, bob) = (here.user("Ångström").await, here.user("bob").await);
    let users = here.users();
    let renamed = |username: &Username| User {
        username: username.clone(),
        ..bob.clone()
    };
    for same in [
        "ångström",
        "ÅNGSTRÖM",
        "A\u{30a}ngstro\u{308}m",
        "Ångｓtröm",
    ] {
        let same = user(same);
        let found = users.find_by_username(&same.username).await.unwrap();
        assert_eq!(found.as_ref(), Some(&first));
        let change = here.change();
        assert_error!(users.add(&same, None, &change).await, AlreadyExists);
        let change = users.change(renamed(&same.username), &change);
        assert_error!(change.await, AlreadyExists);
    }
    for other in ["angstrom", "ångstrom", "ångströmm"] {
        let other = user(other);
        let found = users.find_by_username(&other.username).await.unwrap();
        assert_eq!(found, None);
        here.add_user(other).await;
    }
    let respelled = User {
        username: "ÅNGSTRÖM".parse().unwrap(),
        ..first
    };
    let after = users.change(respelled, &here.change()).await.unwrap();
    assert_eq!(after.username.as_str(), "ÅNGSTRÖM");
}
