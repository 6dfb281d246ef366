//! What a login and a refresh read.

use iam_model::{Client, ClientId, Principal, Tenant, TenantStatus, User, UserStatus};
use iam_storage_ports::{LoginRecord, Storage};

use crate::{
    assert::assert_error,
    fixture::{
        LATER, hash, new_client, new_password, new_role, new_tenant, new_user, permissions, tenant,
        user,
    },
};

/// A login reads the client and the user with their tenant, password, roles and permissions.
pub async fn a_login_reads_all_it_needs(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let client = new_client(storage, &tenant).await;
    let alice = new_user(storage, &tenant, "Alice").await;
    let password = new_password(storage, &tenant, &alice).await;
    let clerk = new_role(storage, &tenant, "clerk", &["order.read", "order.write"]).await;
    new_role(storage, &tenant, "admin", &["user.*"]).await;
    let roles = storage.tenant(tenant.id);
    roles.roles().assign(&clerk.id, &alice.id).await.unwrap();
    let principal = Principal {
        tenant: tenant.clone(),
        user: alice.clone(),
        password: Some(password),
        roles: vec![clerk.name],
        permissions: clerk.permissions,
    };
    let record = login(storage, &tenant, &alice, &client.id).await;
    assert_eq!(record.client, Some(client));
    assert_eq!(record.principal.as_ref(), Some(&principal));
    assert_eq!(lookup(storage, &tenant, &alice).await, Some(principal));
}

/// Of client, user and tenant, each may be unknown without the others.
pub async fn a_login_that_finds_nothing_says_what_it_did_not_find(storage: &dyn Storage) {
    let (here, nowhere) = (new_tenant(storage).await, tenant());
    let (alice, nobody) = (new_user(storage, &here, "alice").await, user("bob"));
    let known = new_client(storage, &here).await.id;
    let unknown: ClientId = "no-such-client".parse().unwrap();
    for (tenant, user, client, found) in [
        (&here, &alice, &known, (true, true)),
        (&here, &alice, &unknown, (false, true)),
        (&here, &nobody, &known, (true, false)),
        (&here, &nobody, &unknown, (false, false)),
        (&nowhere, &alice, &known, (false, false)),
    ] {
        let record = login(storage, tenant, user, client).await;
        assert_eq!((record.client.is_some(), record.principal.is_some()), found);
    }
    assert_eq!(lookup(storage, &here, &nobody).await, None);
    assert_eq!(lookup(storage, &nowhere, &alice).await, None);
}

/// What has changed since the last read is read as it now is.
pub async fn a_principal_is_as_it_now_is(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let password = new_password(storage, &tenant, &alice).await;
    let admin = new_role(storage, &tenant, "admin", &["user.*"]).await;
    let here = storage.tenant(tenant.id);
    here.roles().assign(&admin.id, &alice.id).await.unwrap();
    let before = lookup(storage, &tenant, &alice).await.unwrap();
    assert_eq!(before.roles, [admin.name]);

    here.roles().unassign(&admin.id, &alice.id).await.unwrap();
    let rehash = hash();
    let credentials = here.credentials();
    credentials.rehash(&password, &rehash, LATER).await.unwrap();
    let users = here.users();
    let alice = users
        .change_status(alice, UserStatus::Disabled, LATER)
        .await;
    let suspended = TenantStatus::Suspended;
    let tenant = storage
        .tenants()
        .change_status(tenant, suspended, LATER)
        .await;
    let (alice, tenant) = (alice.unwrap(), tenant.unwrap());

    let after = lookup(storage, &tenant, &alice).await.unwrap();
    assert_eq!((&after.user, &after.tenant), (&alice, &tenant));
    assert_eq!(after.password.map(|password| password.hash), Some(rehash));
    assert!(after.roles.is_empty() && after.permissions.is_empty());
}

/// A user may have neither password nor roles.
pub async fn a_user_without_password_or_roles_is_a_principal(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let client = new_client(storage, &tenant).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let bare = Principal {
        tenant: tenant.clone(),
        user: alice.clone(),
        password: None,
        roles: vec![],
        permissions: vec![],
    };
    let record = login(storage, &tenant, &alice, &client.id).await;
    assert_eq!(record.principal.as_ref(), Some(&bare));
    assert_eq!(lookup(storage, &tenant, &alice).await, Some(bare));
}

/// A client is absent from a login at another tenant than its own.
pub async fn another_tenants_client_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (new_tenant(storage).await, new_tenant(storage).await);
    let alice = new_user(storage, &ours, "alice").await;
    let full = Client {
        login_uri: Some("https://app.example/login".parse().unwrap()),
        ..new_client(storage, &theirs).await
    };
    let record = login(storage, &ours, &alice, &full.id).await;
    assert_eq!(record.client, None);
    assert_eq!(
        record.principal.map(|principal| principal.user),
        Some(alice)
    );
}

/// A user is found in the tenant that is named, also if another has one of the same name.
pub async fn another_tenants_user_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (new_tenant(storage).await, new_tenant(storage).await);
    let client = new_client(storage, &ours).await;
    let stranger = new_user(storage, &theirs, "alice").await;
    new_password(storage, &theirs, &stranger).await;
    let record = login(storage, &ours, &stranger, &client.id).await;
    assert_eq!(record.principal, None);
    assert_eq!(lookup(storage, &ours, &stranger).await, None);
    let alice = new_user(storage, &ours, "alice").await;
    let record = login(storage, &ours, &stranger, &client.id).await;
    let principal = record.principal.unwrap();
    assert_eq!((principal.user, principal.password), (alice, None));
    assert_eq!(lookup(storage, &ours, &stranger).await, None);
}

/// However roles overlap, each role and each permission is there once, in order.
pub async fn roles_and_permissions_are_sorted_and_have_no_repeats(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let client = new_client(storage, &tenant).await;
    let alice = new_user(storage, &tenant, "alice").await;
    let bob = new_user(storage, &tenant, "bob").await;
    for (name, permissions) in [
        ("z", &["b.read", "a.write"][..]),
        ("a", &["a.write", "c.*", "a.read"]),
        ("m", &[]),
    ] {
        let role = new_role(storage, &tenant, name, permissions).await;
        let tenant = storage.tenant(tenant.id);
        tenant.roles().assign(&role.id, &alice.id).await.unwrap();
    }
    let of_bob = new_role(storage, &tenant, "bobs", &["bob.only"]).await;
    let here = storage.tenant(tenant.id);
    here.roles().assign(&of_bob.id, &bob.id).await.unwrap();
    let at_login = login(storage, &tenant, &alice, &client.id).await.principal;
    let later = lookup(storage, &tenant, &alice).await;
    for principal in [at_login.unwrap(), later.unwrap()] {
        let roles: Vec<_> = principal.roles.into_iter().map(String::from).collect();
        assert_eq!(roles, ["a", "m", "z"]);
        let expected = permissions(&["a.read", "a.write", "b.read", "c.*"]);
        assert_eq!(principal.permissions, expected);
    }
}

/// Two tenants may each have a role of one name and a user of one name: nothing leaks over.
pub async fn roles_of_one_name_in_two_tenants_are_kept_apart(storage: &dyn Storage) {
    let mut both = Vec::new();
    for permission in ["ours.read", "theirs.read"] {
        let tenant = new_tenant(storage).await;
        let alice = new_user(storage, &tenant, "alice").await;
        let admin = new_role(storage, &tenant, "admin", &[permission]).await;
        let here = storage.tenant(tenant.id);
        here.roles().assign(&admin.id, &alice.id).await.unwrap();
        let client = new_client(storage, &tenant).await;
        both.push((tenant, alice, client, permission));
    }
    for (tenant, alice, client, permission) in both {
        let record = login(storage, &tenant, &alice, &client.id).await;
        let principal = record.principal.unwrap();
        assert_eq!(principal.permissions, permissions(&[permission]));
        assert_eq!(lookup(storage, &tenant, &alice).await, Some(principal));
    }
}

/// A login finds its user by any spelling of the name.
pub async fn usernames_fold_at_login(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let client = new_client(storage, &tenant).await;
    let zoe = new_user(storage, &tenant, "Zoë@Example").await;
    for spelling in ["zoë@example", "ZOE\u{308}@EXAMPLE", "ｚoë@example"] {
        let record = login(storage, &tenant, &user(spelling), &client.id).await;
        assert_eq!(record.principal.map(|p| p.user), Some(zoe.clone()));
    }
    assert_error!(
        storage
            .tenant(tenant.id)
            .users()
            .add(&user("zoë@example"))
            .await,
        AlreadyExists
    );
}

async fn login(
    storage: &dyn Storage,
    tenant: &Tenant,
    user: &User,
    client: &ClientId,
) -> LoginRecord {
    let principals = storage.principals();
    let record = principals.find_by_username(&tenant.name, &user.username, client);
    record.await.unwrap()
}

async fn lookup(storage: &dyn Storage, tenant: &Tenant, user: &User) -> Option<Principal> {
    let principals = storage.principals();
    principals.lookup(&tenant.name, &user.id).await.unwrap()
}
