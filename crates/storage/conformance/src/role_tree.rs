//! Roles that include others, and what follows for who has them.

use futures_util::future::join_all;
use iam_model::{Role, RoleId, RoleName};
use iam_storage_ports::{Grantee, Holder, Storage, StorageError};

use crate::{
    assert::assert_error,
    fixture::{Here, MANY, group, permissions, role, sorted, user},
};

/// A role that another includes or names as assignable stays until it is named no more; that it
/// names itself is no reason.
pub async fn a_role_that_another_names_is_in_use(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let roles = here.roles();
    let base = here.role("base", &["a.read"]).await;
    let including = here.role_of("including", &[&base]).await;
    let assigning = Role {
        assignable: vec![base.id],
        ..role("assigning", &[])
    };
    let assigning = here.add_role(assigning).await;
    assert_error!(roles.remove(&base, &here.change()).await, InUse);
    roles.remove(&including, &here.change()).await.unwrap();
    assert_error!(roles.remove(&base, &here.change()).await, InUse);
    assert_eq!(roles.lookup(&base.id).await.unwrap(), Some(base.clone()));
    let none = Role {
        assignable: vec![],
        ..assigning
    };
    roles.change(none, &here.change()).await.unwrap();
    let own = Role {
        assignable: vec![base.id],
        ..base
    };
    let own = roles.change(own, &here.change()).await.unwrap();
    roles.remove(&own, &here.change()).await.unwrap();
    assert_eq!(roles.lookup(&own.id).await.unwrap(), None);
}

/// A role never includes itself, directly or through others; being assignable is no inclusion.
pub async fn a_role_never_includes_itself(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut chain = vec![here.role("r0", &[]).await];
    for n in 1..12 {
        let next = here.role_of(&format!("r{n}"), &[&chain[n - 1]]).await;
        chain.push(next);
    }
    for named in [&chain[0], &chain[1], &chain[11]] {
        let changed = include(&here, &chain[0], named).await;
        assert_error!(changed, Cycle);
    }
    let mut own = role("own", &[]);
    own.includes = vec![own.id];
    let added = here.roles().add(&own, &here.change()).await;
    assert_error!(added, NotFound);
    for role in &chain {
        let found = here.roles().lookup(&role.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(role));
    }
    let assignable = Role {
        assignable: sorted([chain[0].id, chain[11].id]),
        ..chain[0].clone()
    };
    let changed = here.roles().change(assignable, &here.change()).await;
    assert_eq!(changed.unwrap().assignable.len(), 2);
}

/// Of two that include each other at once, one at most succeeds; of a ring, one at least fails.
pub async fn of_many_roles_in_a_ring_one_stays(storage: &dyn Storage) {
    for length in [2, 2, 2, 2, MANY] {
        let here = Here::new(storage).await;
        let mut ring = Vec::new();
        for n in 0..length {
            ring.push(here.role(&format!("r{n}"), &[]).await);
        }
        let all = ring.iter().enumerate();
        let all = all.map(|(n, role)| include(&here, role, &ring[(n + 1) % length]));
        let mut changed = 0;
        for outcome in join_all(all).await {
            match outcome {
                Ok(_) => changed += 1,
                Err(StorageError::Cycle) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(changed < length, "all include the next");
        assert_no_cycle(&here, &ring).await;
    }
}

/// What several ways lead to counts once, and a change below is seen above.
pub async fn a_diamond_of_roles_is_one_set(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let base = here.role("base", &["d.read", "a.read"]).await;
    let left = here.role_of("left", &[&base]).await;
    let right = here.role_of("right", &[&base]).await;
    let top = here.role_of("top", &[&left, &right, &base]).await;
    here.role("beside", &["x.read"]).await;
    here.assign(&top, &alice).await;
    let principal = here.principal(&alice).await.unwrap();
    let names = principal.roles.iter().map(RoleName::as_str);
    assert!(names.eq(["base", "left", "right", "top"]));
    assert_eq!(principal.permissions, base.permissions);
    let more = Role {
        permissions: permissions(&["b.read"]),
        ..base
    };
    here.roles().change(more, &here.change()).await.unwrap();
    let principal = here.principal(&alice).await.unwrap();
    assert_eq!(principal.permissions, permissions(&["b.read"]));
}

/// A role allows what it includes; a group what the groups above were given; a user what comes
/// from both; and who does not exist, nothing.
pub async fn permissions_are_those_of_all_roles_one_has(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let alice = here.user("alice").await;
    let top = here.group("top", None).await;
    let below = here.group("below", Some(&top)).await;
    here.join(&below, &alice).await;
    let base = here.role("base", &["base.read", "all.read"]).await;
    let of_top = here.role_of("of-top", &[&base]).await;
    let of_below = here.role("of-below", &["below.read", "all.read"]).await;
    let own = here.role("own", &["own.*", "all.read"]).await;
    here.grant(&of_top, Grantee::Group(top.id)).await;
    here.grant(&of_below, Grantee::Group(below.id)).await;
    here.assign(&own, &alice).await;
    let everything = &["all.read", "base.read", "below.read", "own.*"][..];
    for (holder, expected) in [
        (Holder::Role(base.id), &["all.read", "base.read"][..]),
        (Holder::Role(of_top.id), &["all.read", "base.read"]),
        (Holder::Group(top.id), &["all.read", "base.read"]),
        (
            Holder::Group(below.id),
            &["all.read", "base.read", "below.read"],
        ),
        (Holder::User(alice.id), everything),
        (Holder::Role(role("none", &[]).id), &[]),
        (Holder::Group(group("none", None).id), &[]),
        (Holder::User(user("none").id), &[]),
    ] {
        let found = here.roles().permissions_of(&holder).await.unwrap();
        assert_eq!(found, permissions(expected), "{holder:?}");
        let elsewhere = other.roles().permissions_of(&holder).await.unwrap();
        assert_eq!(elsewhere, [], "another tenant's");
    }
}

/// A user may give what any role of theirs names as assignable, however they have it.
pub async fn assignable_roles_come_from_all_roles_one_has(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let top = here.group("top", None).await;
    let below = here.group("below", Some(&top)).await;
    here.join(&below, &alice).await;
    let mut given = Vec::new();
    for name in ["a", "b", "c", "d"] {
        given.push(here.role(name, &[]).await.id);
    }
    let naming = |name: &str, assignable: &[RoleId], includes: &[RoleId]| Role {
        assignable: sorted(assignable.to_vec()),
        includes: includes.to_vec(),
        ..role(name, &[])
    };
    let included = here.add_role(naming("included", &given[..1], &[])).await;
    let of_top = here
        .add_role(naming("of-top", &given[1..2], &[included.id]))
        .await;
    let own = here.add_role(naming("own", &given[1..3], &[])).await;
    here.add_role(naming("nobodys", &given[3..], &[])).await;
    here.grant(&of_top, Grantee::Group(top.id)).await;
    here.assign(&own, &alice).await;
    let roles = here.roles();
    let found = roles.assignable_by(&alice.id).await.unwrap();
    assert_eq!(found, sorted(given[..3].to_vec()));
    assert_eq!(roles.assignable_by(&bob.id).await.unwrap(), []);
    let elsewhere = other.roles().assignable_by(&alice.id).await.unwrap();
    assert_eq!(elsewhere, []);
}

async fn include(here: &Here<'_>, role: &Role, other: &Role) -> Result<Role, StorageError> {
    let changed = Role {
        includes: vec![other.id],
        ..role.clone()
    };
    here.roles().change(changed, &here.change()).await
}

/// Asserts that there is a way out of the ring from each of its roles.
async fn assert_no_cycle(here: &Here<'_>, ring: &[Role]) {
    for role in ring {
        let (mut steps, mut next) = (0, vec![role.id]);
        while let Some(id) = next.pop() {
            steps += 1;
            assert!(steps <= ring.len(), "a role includes itself");
            let role = here.roles().lookup(&id).await.unwrap();
            next.extend(role.unwrap().includes);
        }
    }
}
