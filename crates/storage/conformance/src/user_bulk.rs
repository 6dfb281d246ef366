//! Users that are added together.

use futures_util::future::join_all;
use iam_model::{User, UserId};
use iam_storage_ports::{AuditFilter, NewUser, Page, Storage, UserFilter};

use crate::{
    assert::assert_error,
    fixture::{Here, email, external_ids, group, idempotent, password, role, sorted, user},
};

/// Of many users, those whose id, name, address or external id is taken, also by one before them,
/// are left out whole, and the others are added whole. Who is left out takes nothing.
pub async fn of_many_users_those_are_added_whose_names_are_free(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let taken = here.add_user(named("U7", "u9@example.com", "u13")).await;
    let mut new = batch(&here, 200).await;
    new[20].user.id = taken.id;
    new[30].user.id = new[0].user.id;
    new[40].user.username = "U0".parse().unwrap();
    new[50].user.details.emails.push(email("U0@EXAMPLE.com"));
    new[60].user.details.external_ids = external_ids(&[("a", "1"), ("hr", "u0")]);
    new[61].user.details.external_ids = external_ids(&[("a", "1"), ("other", "u0")]);
    new[70].user.details.emails = vec![email("x@example.com"), email("u7@example.com")];
    for new in &mut new {
        new.password = Some(password(&new.user));
    }
    let left_out = [7, 9, 13, 20, 30, 40, 50, 60];
    let expected: Vec<_> = (0..200).map(|n| !left_out.contains(&n)).collect();
    let added = here.users().add_all(&new).await.unwrap();
    assert_eq!(added, expected);
    assert_added(&here, &new, &added).await;
}

/// What was left out can be added later, as nothing of it was left.
pub async fn of_those_who_are_left_out_nothing_is_left(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let taken = here.add_user(named("u0", "u1@example.com", "u2")).await;
    let new = batch(&here, 3).await;
    let users = here.users();
    assert_eq!(users.add_all(&new).await.unwrap(), [false; 3]);
    assert_added(&here, &new, &[false; 3]).await;
    users.remove(&taken, &here.change()).await.unwrap();
    assert_eq!(users.add_all(&new).await.unwrap(), [true; 3]);
    assert_added(&here, &new, &[true; 3]).await;
    assert_eq!(users.add_all(&new).await.unwrap(), [false; 3]);
}

/// A tenant, a role or a group that is not there, or is another tenant's, lets all fail.
pub async fn nobody_is_added_to_what_does_not_exist(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let absent = Here::absent(storage);
    let alone = [new_user(&absent, 0)];
    assert_error!(absent.users().add_all(&alone).await, NotFound);
    let (their_role, their_group) = (other.role("r", &[]).await, other.group("g", None).await);
    let users = here.users();
    for (roles, groups) in [
        (vec![their_role.id], vec![]),
        (vec![], vec![their_group.id]),
        (vec![role("r", &[]).id], vec![]),
        (vec![], vec![group("g", None).id]),
    ] {
        let last = NewUser {
            roles,
            groups,
            ..new_user(&here, 2)
        };
        let new = [new_user(&here, 1), last];
        assert_error!(users.add_all(&new).await, NotFound);
        for new in new {
            assert_eq!(users.lookup(&new.user.id).await.unwrap(), None);
        }
    }
    let added = users.add_all(&[new_user(&here, 1)]).await;
    assert_eq!(added.unwrap(), [true]);
    assert_eq!(users.add_all(&[]).await.unwrap(), [] as [bool; 0]);
}

/// An idempotency record is not looked at, nor written.
pub async fn an_import_is_not_recognised_by_a_key(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let key = "0".repeat(64);
    let new = |n| NewUser {
        change: idempotent(here.tenant.id, &key),
        ..new_user(&here, n)
    };
    let added = here.users().add_all(&[new(0), new(1)]).await;
    assert_eq!(added.unwrap(), [true, true]);
    assert_eq!(here.idempotency().find_by_key(&key).await.unwrap(), None);
}

/// What two add at once is added by one of them.
pub async fn what_two_add_at_once_is_added_once(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (one, two) = (batch_from(&here, 20), batch_from(&here, 20));
    let both = [&one, &two].map(|new| here.users().add_all(new));
    let both: Vec<_> = join_all(both)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    for (one, two) in both[0].iter().zip(&both[1]) {
        assert_ne!(one, two);
    }
    assert_added(&here, &one, &both[0]).await;
    assert_added(&here, &two, &both[1]).await;
}

/// Asserts that of those who were added all is there, and of the others nothing.
async fn assert_added(here: &Here<'_>, new: &[NewUser], added: &[bool]) {
    let page = Page::first(Page::MAX);
    let log = here.audit().list(&AuditFilter::default(), &page).await;
    let log = log.unwrap().items;
    for (n, (new, added)) in new.iter().zip(added).enumerate() {
        let logged = log.iter().any(|sealed| sealed.event == new.change.event);
        assert_eq!(logged, *added, "the event of {n}");
        if *added && n % 10 != 0 {
            continue;
        }
        let found = here.users().lookup(&new.user.id).await.unwrap();
        assert_eq!(found.as_ref() == Some(&new.user), *added, "{n}");
        let found = here.credentials().find_by_user(&new.user.id).await;
        assert_eq!(
            found.unwrap() == new.password,
            *added,
            "the password of {n}"
        );
    }
    let chosen = new.iter().zip(added).filter(|(_, added)| **added);
    let ids = sorted(chosen.map(|(new, _)| new.user.id));
    let (role, group) = (new[0].roles.first(), new[0].groups.first());
    for (role, group) in [(role, None), (None, group)] {
        let filter = UserFilter {
            role: role.copied(),
            group: group.copied(),
            ..UserFilter::default()
        };
        if role.is_some() || group.is_some() {
            let found = here.users().list(&filter, &page).await.unwrap().items;
            let found: Vec<UserId> = found.into_iter().map(|user| user.id).collect();
            assert_eq!(found, ids, "{filter:?}");
        }
    }
}

/// Users who get a role and a group.
async fn batch(here: &Here<'_>, size: usize) -> Vec<NewUser> {
    let (clerk, staff) = (
        here.role("clerk", &["a.b"]).await,
        here.group("staff", None).await,
    );
    let mut batch = batch_from(here, size);
    for new in &mut batch {
        new.roles = vec![clerk.id];
        new.groups = vec![staff.id];
    }
    batch
}

fn batch_from(here: &Here<'_>, size: usize) -> Vec<NewUser> {
    (0..size).map(|n| new_user(here, n)).collect()
}

fn new_user(here: &Here<'_>, n: usize) -> NewUser {
    let name = format!("u{n}");
    let user = named(&name, &format!("{name}@example.com"), &name);
    NewUser {
        password: Some(password(&user)),
        user,
        roles: vec![],
        groups: vec![],
        change: here.change(),
    }
}

fn named(username: &str, address: &str, external_id: &str) -> User {
    let mut user = user(username);
    user.details.emails = vec![email(address)];
    user.details.external_ids = external_ids(&[("hr", external_id)]);
    user
}
