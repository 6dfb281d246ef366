//! A tenant's roles.

use futures_util::future::join_all;
use iam_model::{Role, RoleName};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{Here, LATER, NOW, permissions, role, sorted},
};

/// A change is returned as it is stored and counts a version; the id and the time the role was
/// made stay, and so do those who have it.
pub async fn a_role_is_changed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let other = here.role("other", &["b.read"]).await;
    let before = here.role("admin", &["a.read", "a.write"]).await;
    here.assign(&before, &alice).await;
    let asked = Role {
        name: name("chief"),
        description: "The boss '); -- 👑".parse().unwrap(),
        permissions: permissions(&["a.write", "c.*"]),
        includes: vec![other.id],
        assignable: vec![before.id, other.id],
        created_at: LATER,
        updated_at: LATER,
        ..before.clone()
    };
    let roles = here.roles();
    let after = roles.change(asked.clone(), &here.change()).await.unwrap();
    let expected = Role {
        assignable: sorted([before.id, other.id]),
        version: 2,
        created_at: NOW,
        ..asked
    };
    assert_eq!(after, expected);
    assert_eq!(roles.lookup(&after.id).await.unwrap(), Some(after));
    assert_eq!(roles.find_by_name(&before.name).await.unwrap(), None);
    let principal = here.principal(&alice).await.unwrap();
    assert_eq!(principal.roles, [name("chief"), name("other")]);
    let expected = permissions(&["a.write", "b.read", "c.*"]);
    assert_eq!(principal.permissions, expected);
}

/// A role is found by its id and by its name, and by no other.
pub async fn a_role_is_found_by_its_id_and_by_its_name(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let admin = here.role("admin", &["order.*", "user.read"]).await;
    let empty = here.role("empty", &[]).await;
    let roles = here.roles();
    for role in [admin, empty] {
        let found = roles.find_by_name(&role.name).await.unwrap();
        assert_eq!(found.as_ref(), Some(&role));
        assert_eq!(roles.lookup(&role.id).await.unwrap(), Some(role));
    }
    let absent = role("admins", &[]);
    assert_eq!(roles.find_by_name(&absent.name).await.unwrap(), None);
    assert_eq!(roles.lookup(&absent.id).await.unwrap(), None);
}

/// A tenant that is not there gets no roles.
pub async fn a_role_needs_a_tenant(storage: &dyn Storage) {
    let absent = Here::absent(storage);
    let admin = role("admin", &["order.read"]);
    let added = absent.roles().add(&admin, &absent.change()).await;
    assert_error!(added, NotFound);
    assert_eq!(absent.roles().lookup(&admin.id).await.unwrap(), None);
}

/// Adding a role is all or nothing: no permission of a refused role is left.
pub async fn a_role_that_cannot_be_added_leaves_nothing_behind(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let other = here.role("admin", &[]).await;
    let refused = Role {
        includes: vec![other.id],
        assignable: vec![other.id],
        ..role("admin", &["order.read", "order.write"])
    };
    let added = here.roles().add(&refused, &here.change()).await;
    assert_error!(added, AlreadyExists);
    let accepted = Role {
        name: name("clerk"),
        permissions: permissions(&["order.read"]),
        includes: vec![],
        assignable: vec![],
        ..refused
    };
    let accepted = here.add_role(accepted).await;
    let found = here.roles().lookup(&accepted.id).await.unwrap();
    assert_eq!(found, Some(accepted));
    let removed = here.roles().remove(&other, &here.change()).await;
    removed.unwrap();
}

/// A role that has changed since it was read, or is gone, is stale and left alone.
pub async fn a_role_that_has_changed_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let old = here.role("admin", &["a.read"]).await;
    let roles = here.roles();
    let new = roles.change(old.clone(), &here.change()).await.unwrap();
    for stale in [old, role("clerk", &[])] {
        assert_error!(roles.remove(&stale, &here.change()).await, Stale);
        let changed = Role {
            permissions: permissions(&["b.read"]),
            ..stale
        };
        assert_error!(roles.change(changed, &here.change()).await, Stale);
    }
    assert_eq!(roles.lookup(&new.id).await.unwrap(), Some(new));
}

/// Another tenant's role is absent: it cannot be read, changed, removed or named.
pub async fn another_tenants_role_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let admin = theirs.role("admin", &["order.read"]).await;
    let own = ours.role("own", &[]).await;
    let (roles, change) = (ours.roles(), ours.change());
    assert_eq!(roles.lookup(&admin.id).await.unwrap(), None);
    assert_eq!(roles.find_by_name(&admin.name).await.unwrap(), None);
    assert_error!(roles.change(admin.clone(), &change).await, Stale);
    assert_error!(roles.remove(&admin, &change).await, Stale);
    for (includes, assignable) in [(vec![admin.id], vec![]), (vec![], vec![admin.id])] {
        let naming = |role| Role {
            includes: includes.clone(),
            assignable: assignable.clone(),
            ..role
        };
        let added = naming(role("new", &[]));
        assert_error!(roles.add(&added, &change).await, NotFound);
        let changed = roles.change(naming(own.clone()), &change).await;
        assert_error!(changed, NotFound);
    }
    assert_eq!(roles.lookup(&own.id).await.unwrap(), Some(own));
    let found = theirs.roles().lookup(&admin.id).await.unwrap();
    assert_eq!(found, Some(admin));
}

/// Of many who change one version at once, one succeeds, and the role is what it asked for.
pub async fn of_many_who_change_one_role_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let before = here.role("admin", &[]).await;
    let changes = here.changes();
    let asked = |n: usize| Role {
        permissions: permissions(&[&format!("n{n}.read"), &format!("n{n}.write")]),
        ..before.clone()
    };
    let outcomes = changes.iter().enumerate();
    let outcomes = outcomes.map(|(n, change)| here.roles().change(asked(n), change));
    let winner = only_winner(join_all(outcomes).await, is_stale);
    let expected = Role {
        version: 2,
        ..asked(winner)
    };
    let found = here.roles().lookup(&before.id).await.unwrap();
    assert_eq!(found, Some(expected));
}

/// Permissions, included and assignable roles are sets: in whatever order they are given, and how
/// often.
pub async fn permissions_and_named_roles_are_sets(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (one, two) = (
        here.role("one", &[]).await.id,
        here.role("two", &[]).await.id,
    );
    let given = Role {
        permissions: permissions(&["b.write", "a.read", "b.write", "a.*"]),
        includes: vec![two, one, two],
        assignable: vec![one, two, one, two],
        ..role("admin", &[])
    };
    let expected = Role {
        permissions: permissions(&["a.*", "a.read", "b.write"]),
        includes: sorted([one, two]),
        assignable: sorted([one, two]),
        ..given.clone()
    };
    let roles = here.roles();
    let given = here.add_role(given).await;
    assert_eq!(
        roles.lookup(&given.id).await.unwrap(),
        Some(expected.clone())
    );
    let changed = roles.change(given, &here.change()).await.unwrap();
    let expected = Role {
        version: 2,
        ..expected
    };
    assert_eq!(changed, expected);
    assert_eq!(roles.lookup(&changed.id).await.unwrap(), Some(expected));
}

/// No two roles of a tenant have one id or one name; another tenant may use the name.
pub async fn role_ids_and_names_are_unique_in_the_tenant(storage: &dyn Storage) {
    let (one, two) = (Here::new(storage).await, Here::new(storage).await);
    let first = one.role("admin", &["order.read"]).await;
    let other = two.role("admin", &["user.read"]).await;
    let clerk = one.role("clerk", &[]).await;
    let roles = one.roles();
    let same_id = Role {
        id: first.id,
        ..role("other", &["user.read"])
    };
    for second in [role("admin", &[]), same_id] {
        let added = roles.add(&second, &one.change()).await;
        assert_error!(added, AlreadyExists);
    }
    let renamed = Role {
        name: first.name.clone(),
        ..clerk.clone()
    };
    let changed = roles.change(renamed, &one.change()).await;
    assert_error!(changed, AlreadyExists);
    for (here, role) in [(&one, first), (&two, other), (&one, clerk)] {
        assert_eq!(here.roles().lookup(&role.id).await.unwrap(), Some(role));
    }
}

fn name(text: &str) -> RoleName {
    text.parse().unwrap()
}
