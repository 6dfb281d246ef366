//! What a login and a refresh read.

use iam_model::{Client, ClientId, Principal, Tenant, TenantStatus, User, UserStatus};
use iam_storage_ports::{Grantee, LoginRecord, Storage};

use crate::{
    assert::assert_error,
    fixture::{Here, LATER, hash, permissions, user},
};

/// A login reads the client, the tenant, and the user with their password, groups, roles,
/// permissions and policy; and so does a refresh.
pub async fn a_login_reads_all_it_needs(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = here.client().await;
    let mut alice = here.user("Alice").await;
    let password = here.password(&mut alice).await;
    let clerk = here.role("clerk", &["order.read", "order.write"]).await;
    here.role("admin", &["user.*"]).await;
    here.assign(&clerk, &alice).await;
    let principal = Principal {
        password: Some(password),
        roles: vec![clerk.name],
        permissions: clerk.permissions,
        ..bare(&here, &alice)
    };
    let expected = LoginRecord {
        client: Some(client.clone()),
        principal: Some(principal),
        tenant: Some(here.tenant.clone()),
    };
    assert_eq!(here.login(&alice, &client.id).await, expected);
    assert_eq!(here.refresh(&alice, &client.id).await, expected);
}

/// Of client, user and tenant, each may be unknown without the others; what is known of the tenant
/// and the client is there also without the user.
pub async fn a_login_that_finds_nothing_says_what_it_did_not_find(storage: &dyn Storage) {
    let (here, nowhere) = (Here::new(storage).await, Here::absent(storage));
    let (alice, nobody) = (here.user("alice").await, user("bob"));
    let known = here.client().await;
    let unknown: ClientId = "no-such-client".parse().unwrap();
    for (at, user, client, found) in [
        (&here, &alice, &known.id, (true, true, true)),
        (&here, &alice, &unknown, (false, true, true)),
        (&here, &nobody, &known.id, (true, false, true)),
        (&here, &nobody, &unknown, (false, false, true)),
        (&nowhere, &alice, &known.id, (false, false, false)),
    ] {
        let expected = LoginRecord {
            client: found.0.then(|| known.clone()),
            principal: found.1.then(|| bare(&here, &alice)),
            tenant: found.2.then(|| here.tenant.clone()),
        };
        assert_eq!(at.login(user, client).await, expected);
        assert_eq!(at.refresh(user, client).await, expected);
    }
}

/// What has changed since the last read is read as it now is.
pub async fn a_principal_is_as_it_now_is(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut alice = here.user("alice").await;
    let password = here.password(&mut alice).await;
    let admin = here.role("admin", &["user.*"]).await;
    here.assign(&admin, &alice).await;
    let before = here.principal(&alice).await.unwrap();
    assert_eq!(before.roles, [admin.name]);

    let grantee = Grantee::User(alice.id);
    let roles = here.roles();
    let taken = roles.unassign(&admin.id, &grantee, &here.change()).await;
    taken.unwrap();
    let rehash = hash();
    let credentials = here.credentials();
    credentials.rehash(&password, &rehash).await.unwrap();
    let disabled = User {
        status: UserStatus::Disabled,
        updated_at: LATER,
        ..alice
    };
    let alice = here.users().change(disabled, &here.change()).await.unwrap();
    let suspended = Tenant {
        status: TenantStatus::Suspended,
        ..here.tenant.clone()
    };
    let tenant = storage.tenants().change(suspended, &here.change()).await;

    let after = here.principal(&alice).await.unwrap();
    assert_eq!((after.user, after.tenant), (alice, tenant.unwrap()));
    assert_eq!(after.password.map(|password| password.hash), Some(rehash));
    assert!(after.roles.is_empty() && after.permissions.is_empty());
}

/// A user may have neither password nor groups nor roles, and a tenant no policy.
pub async fn a_user_without_password_or_roles_is_a_principal(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = here.client().await;
    let alice = here.user("alice").await;
    let record = here.login(&alice, &client.id).await;
    assert_eq!(record.principal.as_ref(), Some(&bare(&here, &alice)));
    assert_eq!(here.principal(&alice).await, record.principal);
}

/// Whether a user or a tenant is deleted is for the use case to look at: they are read all the
/// same.
pub async fn a_deleted_user_is_a_principal(storage: &dyn Storage) {
    let mut here = Here::new(storage).await;
    let client = here.client().await;
    let alice = User {
        status: UserStatus::Deleted,
        ..user("alice")
    };
    let alice = here.add_user(alice).await;
    let deleted = Tenant {
        status: TenantStatus::Deleted,
        ..here.tenant.clone()
    };
    let change = here.change();
    here.tenant = storage.tenants().change(deleted, &change).await.unwrap();
    let record = here.login(&alice, &client.id).await;
    assert_eq!(record.principal.as_ref(), Some(&bare(&here, &alice)));
    assert_eq!(here.refresh(&alice, &client.id).await, record);
}

/// A client is found by its id alone, with its tenant: an authorization request names no tenant.
pub async fn a_client_is_found_with_its_tenant(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    for here in [&ours, &theirs] {
        let client = here.client().await;
        let found = storage.principals().find_by_client(&client.id).await;
        assert_eq!(found.unwrap(), Some((here.tenant.clone(), client)));
    }
    let unknown: ClientId = "no-such-client".parse().unwrap();
    let found = storage.principals().find_by_client(&unknown).await;
    assert_eq!(found.unwrap(), None);
}

/// A client is absent from a login at another tenant than its own, and from a refresh.
pub async fn another_tenants_client_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let alice = ours.user("alice").await;
    let client: Client = theirs.client().await;
    let expected = LoginRecord {
        client: None,
        principal: Some(bare(&ours, &alice)),
        tenant: Some(ours.tenant.clone()),
    };
    assert_eq!(ours.login(&alice, &client.id).await, expected);
    assert_eq!(ours.refresh(&alice, &client.id).await, expected);
}

/// A user is found in the tenant that is named, also if another has one of the same name.
pub async fn another_tenants_user_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let client = ours.client().await;
    let mut stranger = theirs.user("alice").await;
    theirs.password(&mut stranger).await;
    let record = ours.login(&stranger, &client.id).await;
    assert_eq!(record.principal, None);
    assert_eq!(ours.principal(&stranger).await, None);
    let alice = ours.user("alice").await;
    let record = ours.login(&stranger, &client.id).await;
    assert_eq!(record.principal, Some(bare(&ours, &alice)));
    assert_eq!(ours.principal(&stranger).await, None);
}

/// However roles overlap, each role and each permission is there once, in order.
pub async fn roles_and_permissions_are_sorted_and_have_no_repeats(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = here.client().await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    for (name, permissions) in [
        ("z", &["b.read", "a.write"][..]),
        ("a", &["a.write", "c.*", "a.read"]),
        ("m", &[]),
    ] {
        let role = here.role(name, permissions).await;
        here.assign(&role, &alice).await;
    }
    let of_bob = here.role("bobs", &["bob.only"]).await;
    here.assign(&of_bob, &bob).await;
    let at_login = here.login(&alice, &client.id).await.principal;
    let later = here.principal(&alice).await;
    for principal in [at_login.unwrap(), later.unwrap()] {
        let roles = principal.roles.into_iter().map(String::from);
        assert_eq!(roles.collect::<Vec<_>>(), ["a", "m", "z"]);
        let expected = permissions(&["a.read", "a.write", "b.read", "c.*"]);
        assert_eq!(principal.permissions, expected);
    }
}

/// Two tenants may each have a role of one name and a user of one name: nothing leaks over.
pub async fn roles_of_one_name_in_two_tenants_are_kept_apart(storage: &dyn Storage) {
    let mut both = Vec::new();
    for permission in ["ours.read", "theirs.read"] {
        let here = Here::new(storage).await;
        let alice = here.user("alice").await;
        let admin = here.role("admin", &[permission]).await;
        here.assign(&admin, &alice).await;
        let client = here.client().await;
        both.push((here, alice, client, permission));
    }
    for (here, alice, client, permission) in both {
        let record = here.login(&alice, &client.id).await;
        let principal = record.principal.unwrap();
        assert_eq!(principal.permissions, permissions(&[permission]));
        assert_eq!(here.principal(&alice).await, Some(principal));
    }
}

/// A login finds its user by any spelling of the name.
pub async fn usernames_fold_at_login(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = here.client().await;
    let zoe = here.user("Zoë@Example").await;
    for spelling in ["zoë@example", "ZOE\u{308}@EXAMPLE", "ｚoë@example"] {
        let record = here.login(&user(spelling), &client.id).await;
        assert_eq!(record.principal.map(|p| p.user), Some(zoe.clone()));
    }
    let again = user("zoë@example");
    let added = here.users().add(&again, None, &here.change()).await;
    assert_error!(added, AlreadyExists);
}

/// A user of whom nothing more is known.
fn bare(here: &Here<'_>, user: &User) -> Principal {
    Principal {
        tenant: here.tenant.clone(),
        user: user.clone(),
        password: None,
        totp: None,
        groups: vec![],
        roles: vec![],
        permissions: vec![],
        policy: None,
    }
}
