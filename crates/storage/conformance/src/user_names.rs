//! What names a user beside the username: e-mail addresses and external ids.

use futures_util::future::join_all;
use iam_model::{User, UserStatus};
use iam_storage_ports::{Page, Storage, StorageError, UserFilter};

use crate::{
    assert::{assert_error, is_known, only_winner},
    fixture::{Here, MANY, email, external_ids, user},
};

/// A user is found by each of its addresses, however it is spelled, and by no other.
pub async fn a_user_is_found_by_each_address(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = with_emails(user("alice"), &["Alice@Example.com", "ü@exämple.de"]);
    let alice = here.add_user(alice).await;
    here.add_user(with_emails(user("bob"), &["bob@example.com"]))
        .await;
    for (address, known) in [
        ("alice@EXAMPLE.com", true),
        ("Alice@Example.com", true),
        ("U\u{308}@EXÄMPLE.de", true),
        ("u@exämple.de", false),
        ("%@example.com", false),
        ("_lice@example.com", false),
        ("malice@example.com", false),
    ] {
        let found = here.users().find_by_email(&address.parse().unwrap()).await;
        let expected = known.then(|| alice.clone());
        assert_eq!(found.unwrap(), expected, "{address}");
    }
}

/// No two users of a tenant have one address, in whatever place and spelling; another tenant's may.
pub async fn addresses_are_unique_in_the_tenant(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let taken = ["a@example.com", "B@example.com"];
    here.add_user(with_emails(user("alice"), &taken)).await;
    other.add_user(with_emails(user("alice"), &taken)).await;
    let bob = here
        .add_user(with_emails(user("bob"), &["own@example.com"]))
        .await;
    for emails in [&["A@Example.com"][..], &["x@example.com", "b@EXAMPLE.com"]] {
        refused(&here, &with_emails(user("eve"), emails), &bob).await;
    }
    let free = &["x@example.com", "OWN@example.com"];
    let changed = with_emails(bob, free);
    let changed = here.users().change(changed, &here.change()).await;
    assert_eq!(changed.unwrap().details.emails.len(), 2);
}

/// An address that is twice in one user is taken.
pub async fn an_address_is_once_in_a_user(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let bob = here.user("bob").await;
    let twice = with_emails(user("eve"), &["a@example.com", "A@EXAMPLE.com"]);
    refused(&here, &twice, &bob).await;
}

/// No two users of a tenant have one id in one other system, compared exactly; another tenant's
/// may.
pub async fn external_ids_are_unique_in_their_system(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let taken = [("hr", "4711"), ("ldap", "cn='a'")];
    here.add_user(with_external_ids(user("alice"), &taken))
        .await;
    other
        .add_user(with_external_ids(user("alice"), &taken))
        .await;
    let bob = here
        .add_user(with_external_ids(user("bob"), &[("hr", "1")]))
        .await;
    for ids in [&[("hr", "4711")][..], &[("x", "1"), ("ldap", "cn='a'")]] {
        refused(&here, &with_external_ids(user("eve"), ids), &bob).await;
    }
    for (n, ids) in [
        &[("ldap", "4711")][..],
        &[("HR", "4711"), ("hr", "4711 ")],
        &[("ldap", "CN='a'"), ("", "")],
    ]
    .into_iter()
    .enumerate()
    {
        let free = with_external_ids(user(&format!("u{n}")), ids);
        here.add_user(free).await;
    }
    let changed = with_external_ids(bob, &[("hr", "1"), ("hr2", "4711")]);
    here.users().change(changed, &here.change()).await.unwrap();
}

/// What a user does not have any more is free, and what it keeps is not; a refused change frees
/// nothing.
pub async fn what_a_user_gives_up_is_free(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = with_emails(user("alice"), &["a@example.com", "b@example.com"]);
    let alice = with_external_ids(alice, &[("hr", "1"), ("ldap", "1")]);
    let alice = here.add_user(alice).await;
    let renamed = with_emails(alice.clone(), &["b@example.com"]);
    let mut renamed = with_external_ids(renamed, &[("ldap", "1")]);
    renamed.username = "alicia".parse().unwrap();
    let stale = User {
        version: 9,
        ..renamed.clone()
    };
    let users = here.users();
    assert_error!(users.change(stale, &here.change()).await, Stale);
    let heir = with_emails(user("alice"), &["a@example.com"]);
    let heir = with_external_ids(heir, &[("hr", "1")]);
    let added = users.add(&heir, None, &here.change()).await;
    assert_error!(added, AlreadyExists);
    let renamed = users.change(renamed, &here.change()).await.unwrap();
    here.add_user(heir).await;
    for (n, kept) in [
        with_emails(user("x"), &["b@example.com"]),
        with_external_ids(user("x"), &[("ldap", "1")]),
        user("alicia"),
    ]
    .into_iter()
    .enumerate()
    {
        let added = users.add(&kept, None, &here.change()).await;
        assert!(matches!(added, Err(StorageError::AlreadyExists)), "{n}");
    }
    let page = Page::first(9);
    let all = users.list(&UserFilter::default(), &page).await.unwrap();
    assert_eq!(all.items.len(), 2);
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(renamed));
}

/// A deleted user keeps its names, and is found by them.
pub async fn a_deleted_user_keeps_its_names(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = with_emails(user("alice"), &["a@example.com"]);
    let alice = here
        .add_user(with_external_ids(alice, &[("hr", "1")]))
        .await;
    let deleted = User {
        status: UserStatus::Deleted,
        ..alice
    };
    let users = here.users();
    let deleted = users.change(deleted, &here.change()).await.unwrap();
    for heir in [
        user("ALICE"),
        with_emails(user("x"), &["A@example.com"]),
        with_external_ids(user("x"), &[("hr", "1")]),
    ] {
        let added = users.add(&heir, None, &here.change()).await;
        assert_error!(added, AlreadyExists);
    }
    let found = users.find_by_username(&deleted.username).await.unwrap();
    assert_eq!(found.as_ref(), Some(&deleted));
    let address = &deleted.details.emails[0].address;
    let found = users.find_by_email(address).await.unwrap();
    assert_eq!(found.as_ref(), Some(&deleted));
    assert_eq!(users.lookup(&deleted.id).await.unwrap(), Some(deleted));
}

/// Of many who take one address or one external id at once, one succeeds.
pub async fn of_many_who_take_one_address_or_id_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (users, changes) = (here.users(), here.changes());
    let rival = |n: usize| {
        let user = user(&format!("u{n}"));
        if n.is_multiple_of(2) {
            with_emails(user, &["a@example.com", &format!("{n}@example.com")])
        } else {
            with_external_ids(user, &[("hr", "1"), ("n", &n.to_string())])
        }
    };
    let rivals: Vec<_> = (0..MANY).map(rival).collect();
    let adds = rivals.iter().zip(&changes);
    let adds = adds.map(|(user, change)| users.add(user, None, change));
    let mut by_kind = [vec![], vec![]];
    for (n, outcome) in join_all(adds).await.into_iter().enumerate() {
        by_kind[n % 2].push(outcome);
    }
    for outcomes in by_kind {
        only_winner(outcomes, is_known);
    }
    let page = Page::first(9);
    let all = users.list(&UserFilter::default(), &page).await.unwrap();
    assert_eq!(all.items.len(), 2);
}

/// Asserts that a user cannot be added, nor another be changed to be like it.
async fn refused(here: &Here<'_>, added: &User, changed: &User) {
    let users = here.users();
    let outcome = users.add(added, None, &here.change()).await;
    assert_error!(outcome, AlreadyExists);
    assert_eq!(users.lookup(&added.id).await.unwrap(), None);
    let alike = User {
        details: added.details.clone(),
        ..changed.clone()
    };
    let outcome = users.change(alike, &here.change()).await;
    assert_error!(outcome, AlreadyExists);
    let found = users.lookup(&changed.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(changed));
}

fn with_emails(mut user: User, emails: &[&str]) -> User {
    user.details.emails = emails.iter().map(|text| email(text)).collect();
    user
}

fn with_external_ids(mut user: User, ids: &[(&str, &str)]) -> User {
    user.details.external_ids = external_ids(ids);
    user
}
