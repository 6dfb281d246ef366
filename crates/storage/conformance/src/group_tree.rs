//! Groups in groups.

use futures_util::future::join_all;
use iam_model::{Group, RoleName};
use iam_storage_ports::{Grantee, Storage, StorageError};

use crate::{
    assert::assert_error,
    fixture::{Here, MANY, permissions},
};

/// A group that has groups in it stays until they are gone.
pub async fn a_group_that_has_groups_in_it_is_in_use(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let top = here.group("top", None).await;
    let below = here.group("below", Some(&top)).await;
    here.join(&top, &alice).await;
    let groups = here.groups();
    assert_error!(groups.remove(&top, &here.change()).await, InUse);
    assert_eq!(groups.lookup(&top.id).await.unwrap(), Some(top.clone()));
    let principal = here.principal(&alice).await.unwrap();
    assert_eq!(principal.groups, ["top"]);
    groups.remove(&below, &here.change()).await.unwrap();
    groups.remove(&top, &here.change()).await.unwrap();
}

/// A group is never its own parent, nor is any group below it.
pub async fn a_group_is_never_in_itself(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let chain = chain(&here, 12).await;
    let top = &chain[0];
    for parent in [&chain[0], &chain[1], &chain[11]] {
        let changed = below(&here, top, parent).await;
        assert_error!(changed, Cycle);
    }
    let changed = below(&here, &chain[5], &chain[6]).await;
    assert_error!(changed, Cycle);
    for group in &chain {
        let found = here.groups().lookup(&group.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(group));
    }
    let moved = below(&here, &chain[11], top).await.unwrap();
    assert_eq!(moved.parent, Some(top.id));
    let other = here.group("other", None).await;
    below(&here, top, &other).await.unwrap();
    assert_error!(below(&here, &other, &chain[10]).await, Cycle);
}

/// Of two that are put into each other at once, one at most is moved.
pub async fn of_two_groups_one_at_most_gets_into_the_other(storage: &dyn Storage) {
    for _ in 0..5 {
        let here = Here::new(storage).await;
        let (one, two) = (here.group("one", None).await, here.group("two", None).await);
        let both = vec![below(&here, &one, &two), below(&here, &two, &one)];
        let moved = outcomes(join_all(both).await);
        assert!(moved <= 1, "{moved} were moved");
        for group in [&one, &two] {
            assert!(depth(&here, group).await <= 2);
        }
    }
}

/// Of many that are put into the next at once, round and round, one at least stays where it is.
pub async fn of_many_groups_in_a_ring_one_stays(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut ring = Vec::new();
    for n in 0..MANY {
        ring.push(here.group(&format!("g{n}"), None).await);
    }
    let next = |n: usize| &ring[(n + 1) % MANY];
    let all = ring.iter().enumerate();
    let all = all.map(|(n, group)| below(&here, group, next(n)));
    let moved = outcomes(join_all(all).await);
    assert!(moved < MANY, "all were moved");
    for group in &ring {
        assert!(depth(&here, group).await <= MANY);
    }
}

/// Who is in a group has the roles of all groups above it, however many, and of no group beside or
/// below.
pub async fn roles_come_from_all_groups_above(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let chain = chain(&here, 30).await;
    let beside = here.group("beside", Some(&chain[20])).await;
    for (n, group) in chain.iter().chain([&beside]).enumerate() {
        let role = here
            .role(&format!("r{n:02}"), &[&format!("p{n:02}.do")])
            .await;
        here.grant(&role, Grantee::Group(group.id)).await;
    }
    here.join(&chain[24], &alice).await;
    let principal = here.principal(&alice).await.unwrap();
    let path: Vec<_> = (0..25).map(|n| format!("g{n}")).collect();
    assert_eq!(principal.groups, [path.join("/")]);
    let roles: Vec<_> = (0..25).map(|n| format!("r{n:02}")).collect();
    let found = principal.roles.iter().map(RoleName::as_str);
    assert!(found.eq(roles), "{:?}", principal.roles);
    let expected: Vec<_> = (0..25).map(|n| format!("p{n:02}.do")).collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    assert_eq!(principal.permissions, permissions(&expected));
}

/// Groups of which each is in the one before.
async fn chain(here: &Here<'_>, length: usize) -> Vec<Group> {
    let mut chain: Vec<Group> = Vec::new();
    for n in 0..length {
        let group = here.group(&format!("g{n}"), chain.last()).await;
        chain.push(group);
    }
    chain
}

async fn below(here: &Here<'_>, group: &Group, parent: &Group) -> Result<Group, StorageError> {
    let moved = Group {
        parent: Some(parent.id),
        ..group.clone()
    };
    here.groups().change(moved, &here.change()).await
}

/// How many succeeded; the others were refused for the cycle they would have made.
fn outcomes(outcomes: Vec<Result<Group, StorageError>>) -> usize {
    let mut moved = 0;
    for outcome in outcomes {
        match outcome {
            Ok(_) => moved += 1,
            Err(StorageError::Cycle) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    moved
}

/// How many groups there are from this one to the top.
async fn depth(here: &Here<'_>, group: &Group) -> usize {
    let (mut depth, mut next) = (0, Some(group.id));
    while let Some(id) = next {
        depth += 1;
        assert!(depth <= MANY, "a group is in itself");
        next = here.groups().lookup(&id).await.unwrap().unwrap().parent;
    }
    depth
}
