//! What all lists have in common: they are read page after page.

use iam_model::{AuditEvent, AuditEventId, Timestamp, User, UserId};
use iam_storage_ports::{AuditFilter, GroupFilter, Listing, Page, RoleFilter, Storage, UserFilter};

use crate::fixture::{Here, event, id, numbered, pages, sorted, user};

/// Every list is in the order of its keys, and page after page gives all of it once, however large
/// the pages are.
pub async fn every_list_is_read_page_after_page(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut expected: [Vec<String>; 7] = Default::default();
    for n in 0..5 {
        let name = format!("n{n}.x");
        expected[0].push(here.api_key(&[]).await.id.to_string());
        expected[1].push(here.client().await.id.to_string());
        expected[2].push(here.group(&name, None).await.id.to_string());
        expected[3].push(here.entry(&name).await.permission.to_string());
        expected[4].push(here.policy(&name).await.id.to_string());
        expected[5].push(here.role(&name, &[]).await.id.to_string());
        expected[6].push(here.user(&name).await.id.to_string());
    }
    let expected = expected.map(sorted);
    for limit in [1, 2, 5, 6, Page::MAX] {
        for (n, expected) in expected.iter().enumerate() {
            let list = async |page| keys(&here, n, &page).await;
            let found = pages(limit, list, Clone::clone).await;
            assert_eq!(found, *expected, "list {n} by {limit}");
        }
    }
}

/// Nothing of one tenant is in any list of another, nor of one that is not there.
pub async fn another_tenants_objects_are_in_no_list(storage: &dyn Storage) {
    let (theirs, ours) = (Here::new(storage).await, Here::new(storage).await);
    theirs.api_key(&[]).await;
    theirs.client().await;
    theirs.group("name", None).await;
    theirs.entry("na.me").await;
    theirs.policy("name").await;
    theirs.role("name", &[]).await;
    theirs.user("name").await;
    let page = Page::first(9);
    for n in 0..7 {
        assert_eq!(keys(&theirs, n, &page).await.items.len(), 1, "list {n}");
        for here in [&ours, &Here::absent(storage)] {
            assert!(keys(here, n, &page).await.items.is_empty(), "list {n}");
        }
    }
}

/// A page goes on after what is gone, and after what never was there.
pub async fn a_page_goes_on_after_what_is_gone(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let users = numbered_users(&here, 4).await;
    here.users()
        .remove(&users[1], &here.change())
        .await
        .unwrap();
    let rest = [users[0].clone(), users[2].clone(), users[3].clone()];
    for (after, expected) in [
        (users[1].id.to_string(), &rest[1..]),
        (users[2].id.to_string(), &rest[2..]),
        (users[3].id.to_string(), &[]),
        ("~".to_owned(), &[]),
        ("'; drop table users; --".to_owned(), &rest[..]),
        (String::new(), &rest[..]),
    ] {
        let page = Page {
            after: Some(after),
            limit: 9,
        };
        let listing = here.users().list(&UserFilter::default(), &page).await;
        let listing = listing.unwrap();
        assert_eq!(listing.items, expected, "{page:?}");
        assert_eq!(listing.next, None);
    }
}

/// What is added or removed while one reads is no reason that anything else is read twice or not
/// at all.
pub async fn what_changes_meanwhile_disturbs_no_reader(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let users = numbered_users(&here, 9).await;
    let (filter, mut page) = (UserFilter::default(), Page::first(2));
    let mut read = Vec::new();
    while let Listing {
        items,
        next: Some(next),
    } = here.users().list(&filter, &page).await.unwrap()
    {
        page.after = Some(next);
        // Of those who were read the last one goes, and another comes before all.
        let gone = items.last().unwrap();
        here.users().remove(gone, &here.change()).await.unwrap();
        let early = Timestamp::from_millis(1);
        let early = id(|_, random| UserId::generate(early, random));
        let name = format!("early{}", read.len());
        here.add_user(User {
            id: early,
            ..user(&name)
        })
        .await;
        read.extend(items.into_iter().map(|user| user.id));
        assert!(read.len() < users.len(), "more than there were");
    }
    assert!(read.iter().eq(users[..8].iter().map(|user| &user.id)));
    let last = here.users().list(&filter, &page).await.unwrap();
    assert_eq!(last.items, users[8..]);
}

/// The largest page is as large as it says.
pub async fn the_largest_page_is_full(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let many = usize::from(Page::MAX) + 5;
    let new = |n| AuditEvent {
        id: numbered(AuditEventId::generate, n),
        ..event("page.tested")
    };
    let events: Vec<_> = (0..many).map(new).collect();
    for part in events.chunks(201) {
        here.audit().add(part).await.unwrap();
    }
    let filter = AuditFilter {
        action_prefix: Some("page.".to_owned()),
        ..AuditFilter::default()
    };
    let list = async |page| here.audit().list(&filter, &page).await.unwrap();
    let found = pages(Page::MAX, list, |sealed| sealed.event.id.to_string()).await;
    let found = found.into_iter().map(|sealed| sealed.event);
    assert!(found.eq(events));
    let unsealed = here.audit().unsealed(Page::MAX).await.unwrap();
    assert_eq!(unsealed.len(), usize::from(Page::MAX));
}

/// The keys on a page of one of the lists that every tenant has.
async fn keys(here: &Here<'_>, list: usize, page: &Page) -> Listing<String> {
    macro_rules! keys {
        ($listing:expr, $($key:ident).+) => {{
            let Listing { items, next } = $listing.await.unwrap();
            let items = items.into_iter().map(|item| item.$($key).+.to_string());
            Listing { items: items.collect(), next }
        }};
    }
    let (groups, roles) = (GroupFilter::default(), RoleFilter::default());
    match list {
        0 => keys!(here.api_keys().list(page), id),
        1 => keys!(here.clients().list(None, page), id),
        2 => keys!(here.groups().list(&groups, page), id),
        3 => keys!(here.permissions().list(None, page), permission),
        4 => keys!(here.policies().list(page), id),
        5 => keys!(here.roles().list(&roles, page), id),
        _ => keys!(here.users().list(&UserFilter::default(), page), id),
    }
}

/// Users in the order in which they were made.
async fn numbered_users(here: &Here<'_>, count: usize) -> Vec<User> {
    let mut users = Vec::new();
    for n in 0..count {
        let user = User {
            id: numbered(UserId::generate, n),
            ..user(&format!("u{n}"))
        };
        users.push(here.add_user(user).await);
    }
    users
}
