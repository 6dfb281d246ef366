//! A tenant's roles and who has them.

use futures_util::future::join_all;
use iam_model::{Role, RoleName, Tenant, User};
use iam_storage_ports::Storage;

use crate::{
    assert::assert_error,
    fixture::{MANY, new_role, new_tenant, new_user, permissions, role, tenant, user},
};

/// A role can be given and taken any number of times, also at once.
pub async fn a_role_is_assigned_and_unassigned_any_number_of_times(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let admin = new_role(storage, &tenant, "admin", &[]).await;
    let here = storage.tenant(tenant.id);
    let roles = here.roles();
    let assign = |_| roles.assign(&admin.id, &alice.id);
    for outcome in join_all((0..MANY).map(assign)).await {
        outcome.unwrap();
    }
    assert_eq!(roles_of(storage, &tenant, &alice).await, ["admin"]);
    for _ in 0..2 {
        roles.unassign(&admin.id, &alice.id).await.unwrap();
        assert!(roles_of(storage, &tenant, &alice).await.is_empty());
    }
    roles.assign(&admin.id, &alice.id).await.unwrap();
    assert_eq!(roles_of(storage, &tenant, &alice).await, ["admin"]);
}

/// A role is found by its name, and by no other.
pub async fn a_role_is_found_by_its_name(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let admin = new_role(storage, &tenant, "admin", &["order.*", "user.read"]).await;
    let empty = new_role(storage, &tenant, "empty", &[]).await;
    let tenant = storage.tenant(tenant.id);
    let roles = tenant.roles();
    for role in [admin, empty] {
        let found = roles.find_by_name(&role.name).await.unwrap();
        assert_eq!(found, Some(role));
    }
    let found = roles.find_by_name(&name("admins")).await.unwrap();
    assert_eq!(found, None);
}

/// A tenant that is not there gets no roles.
pub async fn a_role_needs_a_tenant(storage: &dyn Storage) {
    let absent = storage.tenant(tenant().id);
    let admin = role("admin", &["order.read"]);
    assert_error!(absent.roles().add(&admin).await, NotFound);
    let found = absent.roles().find_by_name(&admin.name).await.unwrap();
    assert_eq!(found, None);
}

/// Adding a role is all or nothing: no permission of a refused role is left.
pub async fn a_role_that_cannot_be_added_leaves_nothing_behind(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    new_role(storage, &tenant, "admin", &[]).await;
    let tenant = storage.tenant(tenant.id);
    let roles = tenant.roles();
    let refused = role("admin", &["order.read", "order.write"]);
    assert_error!(roles.add(&refused).await, AlreadyExists);
    let accepted = Role {
        name: name("clerk"),
        permissions: permissions(&["order.read"]),
        ..refused
    };
    roles.add(&accepted).await.unwrap();
    let found = roles.find_by_name(&accepted.name).await.unwrap();
    assert_eq!(found, Some(accepted));
}

/// No row joins two tenants, whichever of them asks.
pub async fn another_tenants_role_and_user_cannot_be_joined(storage: &dyn Storage) {
    let (ours, theirs) = (new_tenant(storage).await, new_tenant(storage).await);
    let our_user = new_user(storage, &ours, "alice").await;
    let our_role = new_role(storage, &ours, "admin", &["order.read"]).await;
    let their_user = new_user(storage, &theirs, "alice").await;
    let their_role = new_role(storage, &theirs, "admin", &["order.read"]).await;
    for (role, user) in [
        (&our_role, &their_user),
        (&their_role, &our_user),
        (&their_role, &their_user),
    ] {
        let tenant = storage.tenant(ours.id);
        assert_error!(tenant.roles().assign(&role.id, &user.id).await, NotFound);
    }
    assert!(roles_of(storage, &ours, &our_user).await.is_empty());
    assert!(roles_of(storage, &theirs, &their_user).await.is_empty());
    let tenant = storage.tenant(theirs.id);
    tenant
        .roles()
        .assign(&their_role.id, &their_user.id)
        .await
        .unwrap();
    let tenant = storage.tenant(ours.id);
    tenant
        .roles()
        .unassign(&their_role.id, &their_user.id)
        .await
        .unwrap();
    assert_eq!(roles_of(storage, &theirs, &their_user).await, ["admin"]);
    assert_eq!(
        tenant.roles().find_by_name(&name("admin")).await.unwrap(),
        Some(our_role)
    );
}

/// A role or a user that is not there cannot be assigned, but can be unassigned.
pub async fn only_what_exists_is_assigned(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let admin = new_role(storage, &tenant, "admin", &[]).await;
    let (nobody, nothing) = (user("bob"), role("clerk", &[]));
    let tenant = storage.tenant(tenant.id);
    let roles = tenant.roles();
    for (role, user) in [(&admin, &nobody), (&nothing, &alice), (&nothing, &nobody)] {
        assert_error!(roles.assign(&role.id, &user.id).await, NotFound);
        roles.unassign(&role.id, &user.id).await.unwrap();
    }
}

/// Permissions are a set: in whatever order they are given, and how often.
pub async fn permissions_are_a_set(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let given = ["b.write", "a.read", "b.write", "a.*"];
    let role = new_role(storage, &tenant, "admin", &given).await;
    let tenant = storage.tenant(tenant.id);
    let found = tenant.roles().find_by_name(&role.name).await.unwrap();
    let found = found.map(|role| role.permissions);
    assert_eq!(found, Some(permissions(&["a.*", "a.read", "b.write"])));
}

/// No two roles of a tenant have one id or one name; another tenant may use the name.
pub async fn role_ids_and_names_are_unique_in_the_tenant(storage: &dyn Storage) {
    let (one, two) = (new_tenant(storage).await, new_tenant(storage).await);
    let first = new_role(storage, &one, "admin", &["order.read"]).await;
    let other = new_role(storage, &two, "admin", &["user.read"]).await;
    let tenant = storage.tenant(one.id);
    let roles = tenant.roles();
    assert_error!(roles.add(&role("admin", &[])).await, AlreadyExists);
    let same_id = Role {
        id: first.id,
        ..role("clerk", &["user.read"])
    };
    assert_error!(roles.add(&same_id).await, AlreadyExists);
    assert_eq!(roles.find_by_name(&first.name).await.unwrap(), Some(first));
    let tenant = storage.tenant(two.id);
    let found = tenant.roles().find_by_name(&other.name).await.unwrap();
    assert_eq!(found, Some(other));
}

fn name(text: &str) -> RoleName {
    text.parse().unwrap()
}

async fn roles_of(storage: &dyn Storage, tenant: &Tenant, user: &User) -> Vec<String> {
    let principals = storage.principals();
    let principal = principals.lookup(&tenant.name, &user.id).await.unwrap();
    let roles = principal.unwrap().roles;
    roles.into_iter().map(String::from).collect()
}
