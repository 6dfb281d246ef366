//! Who is in a tenant's groups.

use futures_util::future::join_all;
use iam_model::{Group, User};
use iam_storage_ports::{Grantee, Page, Storage, UserFilter};

use crate::{
    assert::assert_error,
    fixture::{Here, group, sorted, user},
};

/// A group that is removed is left by its members and loses its roles, and its name is free.
pub async fn a_removed_group_has_no_members_and_no_roles(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (eng, ops) = (here.group("eng", None).await, here.group("ops", None).await);
    let role = here.role("coder", &["code.write"]).await;
    for group in [&eng, &ops] {
        here.join(group, &alice).await;
    }
    here.grant(&role, Grantee::Group(eng.id)).await;
    here.groups().remove(&eng, &here.change()).await.unwrap();
    assert_eq!(here.groups().lookup(&eng.id).await.unwrap(), None);
    let after = here.principal(&alice).await.unwrap();
    assert_eq!(
        (after.groups, after.roles),
        (vec!["ops".to_owned()], vec![])
    );
    // A group that is made again with its id has neither.
    here.groups().add(&eng, &here.change()).await.unwrap();
    assert_eq!(members(&here, &eng).await, [] as [String; 0]);
    here.join(&eng, &alice).await;
    assert_eq!(here.principal(&alice).await.unwrap().roles, []);
}

/// A user can join and leave a group any number of times, also at once.
pub async fn a_user_joins_and_leaves_any_number_of_times(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let eng = here.group("eng", None).await;
    here.join(&eng, &bob).await;
    let groups = here.groups();
    let changes = here.changes();
    let join = |change| groups.add_member(&eng.id, &alice.id, change);
    for outcome in join_all(changes.iter().map(join)).await {
        outcome.unwrap();
    }
    assert_eq!(members(&here, &eng).await, ["alice", "bob"]);
    for _ in 0..2 {
        let left = groups
            .remove_member(&eng.id, &alice.id, &here.change())
            .await;
        left.unwrap();
        assert_eq!(members(&here, &eng).await, ["bob"]);
    }
    here.join(&eng, &alice).await;
    assert_eq!(members(&here, &eng).await, ["alice", "bob"]);
    let found = groups.lookup(&eng.id).await.unwrap();
    assert_eq!(found, Some(eng), "members count no version");
}

/// No row joins two tenants, whichever of them asks.
pub async fn another_tenants_group_and_user_cannot_be_joined(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let (our, their) = (ours.user("alice").await, theirs.user("alice").await);
    let (our_group, their_group) = (
        ours.group("eng", None).await,
        theirs.group("eng", None).await,
    );
    let groups = ours.groups();
    for (group, user) in [
        (&our_group, &their),
        (&their_group, &our),
        (&their_group, &their),
    ] {
        let joined = groups.add_member(&group.id, &user.id, &ours.change()).await;
        assert_error!(joined, NotFound);
    }
    theirs.join(&their_group, &their).await;
    let change = ours.change();
    let left = groups
        .remove_member(&their_group.id, &their.id, &change)
        .await;
    left.unwrap();
    assert_eq!(members(&theirs, &their_group).await, ["alice"]);
    assert!(members(&ours, &our_group).await.is_empty());
    assert!(members(&ours, &their_group).await.is_empty());
}

/// Who or what is not there cannot be joined, but can be left.
pub async fn only_who_exists_joins_what_exists(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, eng) = (here.user("alice").await, here.group("eng", None).await);
    let (nobody, nothing) = (user("bob"), group("none", None));
    let groups = here.groups();
    for (group, user) in [(&eng, &nobody), (&nothing, &alice), (&nothing, &nobody)] {
        let joined = groups.add_member(&group.id, &user.id, &here.change()).await;
        assert_error!(joined, NotFound);
        let left = groups
            .remove_member(&group.id, &user.id, &here.change())
            .await;
        left.unwrap();
    }
}

async fn members(here: &Here<'_>, group: &Group) -> Vec<String> {
    let filter = UserFilter {
        group: Some(group.id),
        ..UserFilter::default()
    };
    let page = Page::first(Page::MAX);
    let users = here.users().list(&filter, &page).await.unwrap().items;
    sorted(
        users
            .into_iter()
            .map(|user: User| user.username.to_string()),
    )
}
