//! Who has a tenant's roles.

use futures_util::future::join_all;
use iam_model::Role;
use iam_storage_ports::{Grantee, Page, RoleFilter, Storage};

use crate::{
    assert::assert_error,
    fixture::{Here, group, role, sorted, user},
};

/// A role can be given and taken any number of times, also at once, by a user and by a group.
pub async fn a_role_is_assigned_and_unassigned_any_number_of_times(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, staff) = (here.user("alice").await, here.group("staff", None).await);
    let admin = here.role("admin", &[]).await;
    let roles = here.roles();
    for grantee in [Grantee::User(alice.id), Grantee::Group(staff.id)] {
        let changes = here.changes();
        let assign = |change| roles.assign(&admin.id, &grantee, change);
        for outcome in join_all(changes.iter().map(assign)).await {
            outcome.unwrap();
        }
        assert_eq!(granted(&here, grantee).await, ["admin"]);
        for _ in 0..2 {
            let taken = roles.unassign(&admin.id, &grantee, &here.change()).await;
            taken.unwrap();
            assert!(granted(&here, grantee).await.is_empty());
        }
        here.grant(&admin, grantee).await;
        assert_eq!(granted(&here, grantee).await, ["admin"]);
    }
}

/// A role that is removed is taken from all who have it, and its name is free.
pub async fn a_removed_role_is_taken_from_all_who_have_it(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, staff) = (here.user("alice").await, here.group("staff", None).await);
    here.join(&staff, &alice).await;
    let (admin, clerk) = (
        here.role("admin", &["a.b"]).await,
        here.role("clerk", &[]).await,
    );
    for role in [&admin, &clerk] {
        here.assign(role, &alice).await;
        here.grant(role, Grantee::Group(staff.id)).await;
    }
    here.roles().remove(&admin, &here.change()).await.unwrap();
    assert_eq!(here.roles().lookup(&admin.id).await.unwrap(), None);
    for grantee in [Grantee::User(alice.id), Grantee::Group(staff.id)] {
        assert_eq!(granted(&here, grantee).await, ["clerk"]);
    }
    let principal = here.principal(&alice).await.unwrap();
    assert_eq!(
        (principal.roles, principal.permissions),
        (vec![clerk.name], vec![])
    );
    // Who had the one before does not have the one that is made again with its id.
    here.add_role(admin).await;
    for grantee in [Grantee::User(alice.id), Grantee::Group(staff.id)] {
        assert_eq!(granted(&here, grantee).await, ["clerk"]);
    }
}

/// No row joins two tenants, whichever of them asks.
pub async fn another_tenants_role_and_user_cannot_be_joined(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let our_role = ours.role("admin", &["order.read"]).await.id;
    let their_role = theirs.role("admin", &["order.read"]).await;
    let both = async |here: &Here<'_>| {
        let (user, group) = (here.user("alice").await, here.group("staff", None).await);
        [Grantee::User(user.id), Grantee::Group(group.id)]
    };
    let (our_own, their_own) = (both(&ours).await, both(&theirs).await);
    for (our, their) in our_own.into_iter().zip(their_own) {
        for (role, grantee) in [
            (our_role, their),
            (their_role.id, our),
            (their_role.id, their),
        ] {
            let assigned = ours.roles().assign(&role, &grantee, &ours.change()).await;
            assert_error!(assigned, NotFound);
        }
        assert!(granted(&ours, our).await.is_empty());
        assert!(granted(&theirs, their).await.is_empty());
        theirs.grant(&their_role, their).await;
        let unassigned = ours
            .roles()
            .unassign(&their_role.id, &their, &ours.change())
            .await;
        unassigned.unwrap();
        assert_eq!(granted(&theirs, their).await, ["admin"]);
        assert!(granted(&ours, their).await.is_empty());
    }
}

/// What is not there cannot be assigned, but can be unassigned.
pub async fn only_what_exists_is_assigned(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, staff) = (here.user("alice").await, here.group("staff", None).await);
    let (admin, nothing) = (here.role("admin", &[]).await, role("clerk", &[]));
    let (alice, staff) = (Grantee::User(alice.id), Grantee::Group(staff.id));
    let nobody = Grantee::User(user("bob").id);
    let nowhere = Grantee::Group(group("none", None).id);
    for (role, grantee) in [
        (&admin, nobody),
        (&admin, nowhere),
        (&nothing, alice),
        (&nothing, staff),
        (&nothing, nobody),
    ] {
        let roles = here.roles();
        let assigned = roles.assign(&role.id, &grantee, &here.change()).await;
        assert_error!(assigned, NotFound);
        let unassigned = roles.unassign(&role.id, &grantee, &here.change()).await;
        unassigned.unwrap();
    }
}

/// Roles are listed by prefix of the name and by who was given them directly, alone and together.
pub async fn roles_are_listed_as_the_filter_says(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let staff = here.group("staff", None).await;
    here.join(&staff, &bob).await;
    for name in ["a_b", "a-b", "aab", "a.b:c", "b"] {
        let role = here.role(name, &[]).await;
        if name != "b" {
            here.assign(&role, &alice).await;
        }
        if name == "b" {
            here.grant(&role, Grantee::Group(staff.id)).await;
        }
    }
    let (of_alice, of_bob) = (Grantee::User(alice.id), Grantee::User(bob.id));
    let of_staff = Grantee::Group(staff.id);
    for (prefix, grantee, expected) in [
        (None, None, &["a-b", "a.b:c", "a_b", "aab", "b"][..]),
        (Some(""), None, &["a-b", "a.b:c", "a_b", "aab", "b"]),
        (Some("a_"), None, &["a_b"]),
        (Some("a%"), None, &[]),
        (Some("A"), None, &[]),
        (Some("ä"), None, &[]),
        (Some("a"), Some(of_alice), &["a-b", "a.b:c", "a_b", "aab"]),
        (Some("b"), Some(of_alice), &[]),
        (None, Some(of_bob), &[]),
        (None, Some(of_staff), &["b"]),
        (None, Some(Grantee::User(user("nobody").id)), &[]),
    ] {
        let filter = RoleFilter {
            name_prefix: prefix.map(str::to_owned),
            grantee,
        };
        assert_eq!(listed(&here, &filter).await, expected, "{filter:?}");
    }
}

async fn granted(here: &Here<'_>, grantee: Grantee) -> Vec<String> {
    let filter = RoleFilter {
        grantee: Some(grantee),
        ..RoleFilter::default()
    };
    listed(here, &filter).await
}

async fn listed(here: &Here<'_>, filter: &RoleFilter) -> Vec<String> {
    let page = Page::first(Page::MAX);
    let listing = here.roles().list(filter, &page).await.unwrap();
    assert_eq!(listing.next, None);
    let by_id = |pair: &[Role]| pair[0].id < pair[1].id;
    assert!(listing.items.windows(2).all(by_id), "by id");
    let names = listing.items.into_iter().map(|role| role.name);
    sorted(names.map(String::from))
}
