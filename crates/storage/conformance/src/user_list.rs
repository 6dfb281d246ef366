//! Which users a list has.

use iam_model::{User, UserStatus};
use iam_storage_ports::{Page, Storage, UserFilter};
use serde_json::json;

use crate::fixture::{Here, email, external_ids, group, pages, role, sorted, user};

/// Without a status all are listed but the deleted, with one those who have it; by id.
pub async fn users_are_listed_by_status(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut all = Vec::new();
    for (n, status) in UserStatus::ALL.iter().chain(UserStatus::ALL).enumerate() {
        let user = User {
            status: *status,
            ..user(&format!("u{n}"))
        };
        all.push(here.add_user(user).await);
    }
    all.sort_by_key(|user| user.id);
    let deleted = UserStatus::Deleted;
    for status in UserStatus::ALL.iter().copied().map(Some).chain([None]) {
        let filter = UserFilter {
            status,
            ..UserFilter::default()
        };
        let list = async |page| here.users().list(&filter, &page).await.unwrap();
        let found = pages(1, list, |user| user.id.to_string()).await;
        let wanted = |u: &&User| status.map_or(u.status != deleted, |wanted| u.status == wanted);
        let expected: Vec<_> = all.iter().filter(wanted).cloned().collect();
        assert_eq!(found, expected, "{status:?}");
    }
}

/// A prefix is compared with the key of the name, character by character: nothing in it is a
/// pattern.
pub async fn users_are_listed_by_prefix_of_the_key(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let names = [
        "a%b", "a_b", "aab", "A\\b", "Ärger", "arger", "𠀋x", "'or'1", "[a]",
    ];
    for name in names {
        here.user(name).await;
    }
    let keys: Vec<_> = names
        .iter()
        .map(|name| user(name).username.key().to_owned())
        .collect();
    for prefix in [
        "", "a", "a%", "a_", "%", "_", "a\\", "ä", "Ä", "A", "𠀋", "'or'", "[", "a%bc",
    ] {
        let filter = UserFilter {
            username_prefix: Some(prefix.to_owned()),
            ..UserFilter::default()
        };
        let begins = |key: &&String| key.starts_with(prefix);
        let expected = sorted(keys.iter().filter(begins).cloned());
        assert_eq!(listed(&here, &filter).await, expected, "{prefix:?}");
    }
}

/// Users are listed by address, external id, group and role; a group or a role counts only if the
/// user has it itself.
pub async fn users_are_listed_by_what_they_have(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let [of_alice, of_bob] = two_users(&here).await;
    let mut filters: [UserFilter; 6] = Default::default();
    filters[0].email.clone_from(&of_alice.email);
    filters[1].external_id.clone_from(&of_alice.external_id);
    filters[2].group = of_alice.group;
    filters[3].role = of_alice.role;
    filters[4].group = of_bob.group;
    filters[5].role = of_bob.role;
    for (n, filter) in filters.iter().enumerate() {
        let name = if n < 4 { "alice" } else { "bob" };
        assert_eq!(listed(&here, filter).await, [name], "{filter:?}");
        assert!(listed(&other, filter).await.is_empty(), "{filter:?}");
    }
}

/// All parts of a filter hold together: with one that does not, nobody is listed.
pub async fn users_are_listed_for_whom_all_of_a_filter_holds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let [full, of_bob] = two_users(&here).await;
    assert_eq!(listed(&here, &full).await, ["alice"]);
    let mut filters: [UserFilter; 9] = std::array::from_fn(|_| full.clone());
    filters[0].status = Some(UserStatus::Locked);
    filters[1].username_prefix = Some("b".to_owned());
    filters[2].email = Some("third@example.com".parse().unwrap());
    filters[3].attribute = Some(("x".to_owned(), "z".to_owned()));
    filters[4].external_id = Some(("hr".to_owned(), "2".to_owned()));
    filters[5].group = of_bob.group;
    filters[6].role = of_bob.role;
    filters[7].group = Some(group("none", None).id);
    filters[8].role = Some(role("none", &[]).id);
    for filter in filters {
        assert!(listed(&here, &filter).await.is_empty(), "{filter:?}");
    }
}

/// What alice alone has, and what bob alone has; her group is in his, and her role includes his.
async fn two_users(here: &Here<'_>) -> [UserFilter; 2] {
    let mut alice = user("alice");
    alice.details.emails = vec![email("first@example.com"), email("Second@example.com")];
    alice.details.external_ids = external_ids(&[("hr", "1"), ("ldap", "2")]);
    alice.details.attributes.insert("x".to_owned(), json!("y"));
    let (alice, bob) = (here.add_user(alice).await, here.user("bob").await);
    let top = here.group("top", None).await;
    let below = here.group("below", Some(&top)).await;
    let base = here.role("base", &[]).await;
    let above = here.role_of("above", &[&base]).await;
    here.join(&below, &alice).await;
    here.join(&top, &bob).await;
    here.assign(&above, &alice).await;
    here.assign(&base, &bob).await;
    let of_bob = UserFilter {
        group: Some(top.id),
        role: Some(base.id),
        ..UserFilter::default()
    };
    let of_alice = UserFilter {
        status: Some(UserStatus::Active),
        username_prefix: Some("al".to_owned()),
        email: Some("second@EXAMPLE.com".parse().unwrap()),
        attribute: Some(("x".to_owned(), "y".to_owned())),
        external_id: Some(("ldap".to_owned(), "2".to_owned())),
        group: Some(below.id),
        role: Some(above.id),
    };
    [of_alice, of_bob]
}

/// The keys of the names, in order.
async fn listed(here: &Here<'_>, filter: &UserFilter) -> Vec<String> {
    let page = Page::first(Page::MAX);
    let listing = here.users().list(filter, &page).await.unwrap();
    assert_eq!(listing.next, None);
    let by_id = |pair: &[User]| pair[0].id < pair[1].id;
    assert!(listing.items.windows(2).all(by_id), "by id");
    let users = listing.items.into_iter();
    sorted(users.map(|user| user.username.key().to_owned()))
}
