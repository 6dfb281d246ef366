//! A tenant's groups.

use futures_util::future::join_all;
use iam_model::{Group, GroupName};
use iam_storage_ports::{Grantee, GroupFilter, Page, Storage};

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{Here, LATER, MANY, NOW, group, user},
};

/// A change is returned as it is stored and counts a version; the id, the time the group was made,
/// its members and its roles stay.
pub async fn a_group_is_changed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, top) = (here.user("alice").await, here.group("top", None).await);
    let before = here.group("eng", None).await;
    here.join(&before, &alice).await;
    let role = here.role("coder", &[]).await;
    here.grant(&role, Grantee::Group(before.id)).await;
    let asked = Group {
        name: name("Büro Köln"),
        description: "'); drop table groups; -- 🎉".parse().unwrap(),
        parent: Some(top.id),
        created_at: LATER,
        updated_at: LATER,
        ..before.clone()
    };
    let groups = here.groups();
    let after = groups.change(asked.clone(), &here.change()).await.unwrap();
    let expected = Group {
        version: 2,
        created_at: NOW,
        ..asked
    };
    assert_eq!(after, expected);
    assert_eq!(groups.lookup(&after.id).await.unwrap(), Some(after.clone()));
    assert_eq!(groups.find_by_name(&before.name).await.unwrap(), None);
    let principal = here.principal(&alice).await.unwrap();
    assert_eq!(principal.groups, ["top/Büro Köln"]);
    assert_eq!(principal.roles, [role.name]);
    let out = Group {
        parent: None,
        ..after
    };
    let out = groups.change(out, &here.change()).await.unwrap();
    assert_eq!((out.parent, out.version), (None, 3));
    assert_eq!(groups.lookup(&out.id).await.unwrap(), Some(out));
}

/// A group is found by its id and by its name, and by no other.
pub async fn a_group_is_found_by_its_id_and_by_its_name(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let top = here.group("o'brien\" %_", None).await;
    let below = here.group("𠀋", Some(&top)).await;
    let groups = here.groups();
    for group in [top, below] {
        let found = groups.find_by_name(&group.name).await.unwrap();
        assert_eq!(found.as_ref(), Some(&group));
        assert_eq!(groups.lookup(&group.id).await.unwrap(), Some(group));
    }
    let absent = group("top2", None);
    assert_eq!(groups.find_by_name(&absent.name).await.unwrap(), None);
    assert_eq!(groups.lookup(&absent.id).await.unwrap(), None);
}

/// A group needs a tenant that is there and, if it has one, a parent that is there.
pub async fn a_group_needs_its_tenant_and_its_parent(storage: &dyn Storage) {
    let absent = Here::absent(storage);
    let top = group("top", None);
    let added = absent.groups().add(&top, &absent.change()).await;
    assert_error!(added, NotFound);
    let here = Here::new(storage).await;
    let eng = here.group("eng", None).await;
    let mut own = group("own", None);
    own.parent = Some(own.id);
    for orphan in [group("below", Some(&top)), own] {
        let added = here.groups().add(&orphan, &here.change()).await;
        assert_error!(added, NotFound);
        assert_eq!(here.groups().lookup(&orphan.id).await.unwrap(), None);
    }
    let orphan = Group {
        parent: Some(top.id),
        ..eng.clone()
    };
    let changed = here.groups().change(orphan, &here.change()).await;
    assert_error!(changed, NotFound);
    assert_eq!(here.groups().lookup(&eng.id).await.unwrap(), Some(eng));
}

/// A group that has changed since it was read, or is gone, is stale and left alone.
pub async fn a_group_that_has_changed_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let old = here.group("eng", None).await;
    let groups = here.groups();
    let new = groups.change(old.clone(), &here.change()).await.unwrap();
    for stale in [old, group("other", None)] {
        assert_error!(groups.remove(&stale, &here.change()).await, Stale);
        assert_error!(groups.change(stale, &here.change()).await, Stale);
    }
    assert_eq!(groups.lookup(&new.id).await.unwrap(), Some(new));
}

/// Another tenant's group is absent: it cannot be read, changed, removed or be a parent.
pub async fn another_tenants_group_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let their = theirs.group("eng", None).await;
    let own = ours.group("own", None).await;
    let (groups, change) = (ours.groups(), ours.change());
    assert_eq!(groups.lookup(&their.id).await.unwrap(), None);
    assert_eq!(groups.find_by_name(&their.name).await.unwrap(), None);
    assert_error!(groups.change(their.clone(), &change).await, Stale);
    assert_error!(groups.remove(&their, &change).await, Stale);
    let below = group("below", Some(&their));
    assert_error!(groups.add(&below, &change).await, NotFound);
    let moved = Group {
        parent: Some(their.id),
        ..own
    };
    assert_error!(groups.change(moved, &change).await, NotFound);
    let found = theirs.groups().lookup(&their.id).await.unwrap();
    assert_eq!(found, Some(their));
}

/// No two groups of a tenant have one id or one name, which is compared exactly; another tenant
/// may use the name.
pub async fn group_ids_and_names_are_unique_in_the_tenant(storage: &dyn Storage) {
    let (one, two) = (Here::new(storage).await, Here::new(storage).await);
    let first = one.group("Café", None).await;
    let other = one.group("café", None).await;
    one.group("Cafe\u{301}", None).await;
    two.group("Café", None).await;
    let groups = one.groups();
    let same_id = Group {
        id: first.id,
        ..group("bar", None)
    };
    for second in [group("Café", Some(&other)), same_id] {
        let added = groups.add(&second, &one.change()).await;
        assert_error!(added, AlreadyExists);
    }
    let renamed = Group {
        name: first.name.clone(),
        ..other.clone()
    };
    let changed = groups.change(renamed, &one.change()).await;
    assert_error!(changed, AlreadyExists);
    for group in [first, other] {
        assert_eq!(groups.lookup(&group.id).await.unwrap(), Some(group));
    }
}

/// Groups are listed by prefix of the name, by parent and by member, alone and together.
pub async fn groups_are_listed_as_the_filter_says(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let top = here.group("a_top", None).await;
    let left = here.group("a%left", Some(&top)).await;
    let right = here.group("Éright", Some(&top)).await;
    let deep = here.group("a_deep", Some(&left)).await;
    for group in [&top, &right] {
        here.join(group, &alice).await;
    }
    here.join(&deep, &bob).await;
    let nobody = user("nobody");
    for (prefix, parent, member, expected) in [
        (None, None, None, &[&top, &left, &right, &deep][..]),
        (Some(""), None, None, &[&top, &left, &right, &deep]),
        (Some("a_"), None, None, &[&top, &deep]),
        (Some("a%"), None, None, &[&left]),
        (Some("A"), None, None, &[]),
        (Some("É"), None, None, &[&right]),
        (Some("é"), None, None, &[]),
        (None, Some(&top), None, &[&left, &right]),
        (None, Some(&deep), None, &[]),
        (None, None, Some(&alice), &[&top, &right]),
        (None, None, Some(&bob), &[&deep]),
        (None, None, Some(&nobody), &[]),
        (None, Some(&top), Some(&alice), &[&right]),
        (Some("a_"), None, Some(&alice), &[&top]),
        (Some("a"), Some(&top), Some(&alice), &[]),
    ] {
        let filter = GroupFilter {
            name_prefix: prefix.map(str::to_owned),
            parent: parent.map(|parent| parent.id),
            member: member.map(|member| member.id),
        };
        let listing = here.groups().list(&filter, &Page::first(9)).await;
        let mut expected: Vec<_> = expected.iter().copied().cloned().collect();
        expected.sort_by_key(|group| group.id);
        assert_eq!(listing.unwrap().items, expected, "{filter:?}");
    }
}

/// Of many who add one name at once, one succeeds, and of many who change one version too.
pub async fn of_many_who_add_or_change_one_group_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let rivals: Vec<_> = (0..MANY).map(|_| group("eng", None)).collect();
    let (groups, changes) = (here.groups(), here.changes());
    let adds = rivals.iter().zip(&changes);
    let adds = adds.map(|(group, change)| groups.add(group, change));
    let winner = &rivals[only_winner(join_all(adds).await, is_known)];
    let found = groups.find_by_name(&winner.name).await.unwrap();
    assert_eq!(found.as_ref(), Some(winner));
    let changes = here.changes();
    let change = |change| groups.change(winner.clone(), change);
    only_winner(join_all(changes.iter().map(change)).await, is_stale);
    let found = groups.lookup(&winner.id).await.unwrap();
    assert_eq!(found.map(|group| group.version), Some(2));
}

fn name(text: &str) -> GroupName {
    text.parse().unwrap()
}
