//! A tenant's users.

use futures_util::future::join_all;
use iam_model::{PasswordCredential, Timestamp, User, UserStatus};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{LATER, MANY, NOW, new_tenant, new_user, password, tenant, user},
};

/// A status change is returned as it is stored, and counts a version.
pub async fn a_status_change_counts_a_version(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let before = new_user(storage, &tenant, "alice").await;
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    let after = users
        .change_status(before.clone(), UserStatus::Locked, LATER)
        .await;
    let after = after.unwrap();
    let expected = User {
        status: UserStatus::Locked,
        version: 2,
        updated_at: LATER,
        ..before
    };
    assert_eq!(after, expected);
    assert_eq!(users.lookup(&after.id).await.unwrap(), Some(after.clone()));
    let again = users
        .change_status(after, UserStatus::Disabled, LATER)
        .await;
    assert_eq!(again.unwrap().version, 3);
}

/// A user is found by its id and by its name, and by no other.
pub async fn a_user_is_found_by_its_id_and_by_its_name(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let here = User {
        created_at: Timestamp::from_millis((1 << 53) + 1),
        updated_at: Timestamp::from_millis(i64::MAX),
        version: i64::MAX,
        status: UserStatus::Disabled,
        ..user("alice")
    };
    let absent = user("bob");
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    users.add(&here).await.unwrap();
    assert_eq!(users.lookup(&absent.id).await.unwrap(), None);
    assert_eq!(
        users.find_by_username(&absent.username).await.unwrap(),
        None
    );
    assert_eq!(users.lookup(&here.id).await.unwrap().as_ref(), Some(&here));
    assert_eq!(
        users.find_by_username(&here.username).await.unwrap(),
        Some(here)
    );
}

/// A user and their password are added together, or neither of them is.
pub async fn a_user_is_enrolled_with_their_password_or_not_at_all(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let (alice, bob) = (user("alice"), user("bob"));
    let (of_alice, of_bob) = (password(&alice), password(&bob));
    let repository = storage.tenant(tenant.id);
    let (users, credentials) = (repository.users(), repository.credentials());
    users.enroll(&alice, &of_alice).await.unwrap();
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice.clone()));
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&of_alice));
    // The password's id is taken, so bob is not added either.
    let clash = PasswordCredential {
        id: of_alice.id,
        ..of_bob.clone()
    };
    is_known(&users.enroll(&bob, &clash).await.unwrap_err());
    assert_eq!(users.lookup(&bob.id).await.unwrap(), None);
    assert_eq!(credentials.find_by_user(&bob.id).await.unwrap(), None);
    users.enroll(&bob, &of_bob).await.unwrap();
}

/// A tenant that is not there has no users and gets none.
pub async fn a_user_needs_a_tenant(storage: &dyn Storage) {
    let absent = storage.tenant(tenant().id);
    let alice = user("alice");
    assert_error!(absent.users().add(&alice).await, NotFound);
    assert_eq!(absent.users().lookup(&alice.id).await.unwrap(), None);
}

/// A user that has changed since it was read, or is not there, is stale and left alone.
pub async fn a_user_that_has_changed_is_stale(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let old = new_user(storage, &tenant, "alice").await;
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    let disabled = UserStatus::Disabled;
    let new = users
        .change_status(old.clone(), disabled, NOW)
        .await
        .unwrap();
    let never = User {
        version: 9,
        ..new.clone()
    };
    for stale in [old, never, user("bob")] {
        assert_error!(
            users.change_status(stale, UserStatus::Active, LATER).await,
            Stale
        );
    }
    assert_eq!(users.lookup(&new.id).await.unwrap(), Some(new));
}

/// Another tenant's user is absent, however it is asked for.
pub async fn another_tenants_user_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (new_tenant(storage).await, new_tenant(storage).await);
    let alice = new_user(storage, &theirs, "alice").await;
    let ours = storage.tenant(ours.id);
    let users = ours.users();
    assert_eq!(users.lookup(&alice.id).await.unwrap(), None);
    assert_eq!(users.find_by_username(&alice.username).await.unwrap(), None);
    assert_error!(
        users
            .change_status(alice.clone(), UserStatus::Disabled, LATER)
            .await,
        Stale
    );
    let theirs = storage.tenant(theirs.id);
    assert_eq!(theirs.users().lookup(&alice.id).await.unwrap(), Some(alice));
}

/// Whatever a username may hold, it comes back as it was spelled and matches only itself.
pub async fn any_username_is_kept_as_it_is(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    let longest = "𠀋".repeat(128);
    let names = [
        "o'brien",
        "');drop/**/table/**/users;--",
        "\"or\"1\"=\"1",
        "%",
        "_",
        "a\\",
        "?",
        "$1",
        ":x",
        "{}",
        "null",
        "0",
        "00",
        "1e3",
        "Zoë@例え.example",
        "𠀋",
        &longest,
    ];
    for name in names {
        users.add(&user(name)).await.unwrap();
    }
    for name in names {
        let found = users
            .find_by_username(&name.parse().unwrap())
            .await
            .unwrap();
        assert_eq!(found.unwrap().username.as_str(), name);
    }
}

/// Of many who add one name at once, one succeeds.
pub async fn of_many_who_add_one_name_one_succeeds(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    let rivals: Vec<_> = (0..MANY).map(|_| user("alice")).collect();
    let outcomes = join_all(rivals.iter().map(|user| users.add(user))).await;
    let winner = &rivals[only_winner(outcomes, is_known)];
    let found = users.find_by_username(&winner.username).await.unwrap();
    assert_eq!(found.as_ref(), Some(winner));
}

/// Of many who change one version at once, one succeeds.
pub async fn of_many_who_change_one_version_one_succeeds(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let user = new_user(storage, &tenant, "alice").await;
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    let change = |_| users.change_status(user.clone(), UserStatus::Locked, LATER);
    let outcomes = join_all((0..MANY).map(change)).await;
    only_winner(outcomes, is_stale);
    let found = users.lookup(&user.id).await.unwrap();
    assert_eq!(found.map(|user| user.version), Some(2));
}

/// A username that one tenant has given is free in another, and each finds its own user.
pub async fn one_username_is_free_in_another_tenant(storage: &dyn Storage) {
    let (one, two) = (new_tenant(storage).await, new_tenant(storage).await);
    let in_one = new_user(storage, &one, "alice").await;
    let in_two = new_user(storage, &two, "alice").await;
    for (tenant, user) in [(one, in_one), (two, in_two)] {
        let tenant = storage.tenant(tenant.id);
        let found = tenant.users().find_by_username(&user.username).await;
        assert_eq!(found.unwrap(), Some(user));
    }
}

/// No two users of a tenant have one id.
pub async fn user_ids_are_unique_in_the_tenant(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let same_id = User {
        id: alice.id,
        ..user("bob")
    };
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    assert_error!(users.add(&same_id).await, AlreadyExists);
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice));
}

/// Usernames compare by RFC 8265 §3.3: by case, width and composition they do not differ, by
/// anything else they do.
pub async fn usernames_compare_by_their_key(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let first = new_user(storage, &tenant, "Ångström").await;
    let tenant = storage.tenant(tenant.id);
    let users = tenant.users();
    for same in [
        "ångström",
        "ÅNGSTRÖM",
        "A\u{30a}ngstro\u{308}m",
        "Ångｓtröm",
    ] {
        let same = user(same);
        let found = users.find_by_username(&same.username).await.unwrap();
        assert_eq!(found.as_ref(), Some(&first));
        assert_error!(users.add(&same).await, AlreadyExists);
    }
    for other in ["angstrom", "ångstrom", "ångströmm"] {
        let other = user(other);
        let found = users.find_by_username(&other.username).await.unwrap();
        assert_eq!(found, None);
        users.add(&other).await.unwrap();
    }
}
