//! Tenants that are gone.

use futures_util::future::{join, join_all};
use iam_model::{ApiKey, Client, PolicyActivation, User};
use iam_storage_ports::{Grantee, GroupFilter, LoginRecord, Page, RoleFilter, Storage, UserFilter};

use crate::{
    assert::assert_error,
    fixture::{Here, MANY, email, event, external_ids, idempotent, user},
};

/// A tenant is removed with all that belongs to it, its log too: who gets its id finds nothing.
pub async fn a_removed_tenant_leaves_nothing_behind(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (user, key, client) = furnish(&here).await;
    let removal = other.change();
    let tenants = storage.tenants();
    tenants.remove(&here.tenant, &removal).await.unwrap();
    assert_eq!(tenants.lookup(&here.tenant.id).await.unwrap(), None);
    assert_eq!(tenants.find_by_name(&here.tenant.name).await.unwrap(), None);
    let record = here.login(&user, &client.id).await;
    assert_eq!(record, LoginRecord::default());
    let found = storage.principals().find_by_api_key(&key.id).await.unwrap();
    assert_eq!(found, None);
    assert_nothing_is_left(&here, 0).await;
    let change = here.change();
    tenants.add(&here.tenant, &change).await.unwrap();
    assert_nothing_is_left(&here, 1).await;
    // All of it can be there again, also what is unique in the installation.
    furnish(&here).await;
    other.api_keys().add(&key, &other.change()).await.unwrap();
    let client = Client {
        tenant_id: other.tenant.id,
        ..client
    };
    other.add_client(client).await;
}

/// What belongs to another tenant stays, and its log says that this one is gone.
pub async fn a_removal_of_a_tenant_leaves_the_others_alone(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    furnish(&here).await;
    let (user, key, client) = furnish(&other).await;
    let before = other.login(&user, &client.id).await;
    let events = other.logged().await;
    let removal = other.change();
    storage
        .tenants()
        .remove(&here.tenant, &removal)
        .await
        .unwrap();
    let principal = before.principal.as_ref().unwrap();
    assert!(principal.password.is_some() && principal.totp.is_some() && principal.policy.is_some());
    assert_eq!(
        (principal.groups.len(), principal.permissions.len()),
        (1, 1)
    );
    assert_eq!(other.login(&user, &client.id).await, before);
    let found = storage.principals().find_by_api_key(&key.id).await.unwrap();
    assert_eq!(found, Some((other.tenant.clone(), key)));
    assert_eq!(other.logged().await, events + 1);
}

/// A removal cannot be written into the log that it removes, and then nothing is removed.
pub async fn a_tenant_is_not_removed_into_its_own_log(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (user, _, client) = furnish(&here).await;
    let before = here.login(&user, &client.id).await;
    for log in [&here, &Here::absent(storage)] {
        let removed = storage.tenants().remove(&here.tenant, &log.change()).await;
        assert_error!(removed, NotFound);
    }
    assert_eq!(here.login(&user, &client.id).await, before);
}

/// Whoever adds to a tenant while it is removed fails, or what they added is gone with it.
pub async fn what_is_added_to_a_tenant_that_goes_is_gone(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let users: Vec<_> = (0..MANY).map(|n| user(&format!("u{n}"))).collect();
    let changes = here.changes();
    let removal = other.change();
    let adds = users.iter().zip(&changes);
    let adds = adds.map(|(user, change)| here.users().add(user, None, change));
    let adds = join_all(adds);
    let removal = storage.tenants().remove(&here.tenant, &removal);
    let (added, removed) = join(adds, removal).await;
    removed.unwrap();
    for outcome in added {
        if outcome.is_err() {
            assert_error!(outcome, NotFound);
        }
    }
    for user in users {
        assert_eq!(here.users().lookup(&user.id).await.unwrap(), None);
    }
}

/// Gives a tenant something of everything.
async fn furnish(here: &Here<'_>) -> (User, ApiKey, Client) {
    let mut alice = user("alice");
    alice.details.emails = vec![email("a@example.com")];
    alice.details.external_ids = external_ids(&[("hr", "1")]);
    let mut alice = here.add_user(alice).await;
    here.password(&mut alice).await;
    here.second_factor(&alice).await;
    let top = here.group("top", None).await;
    let below = here.group("below", Some(&top)).await;
    here.join(&below, &alice).await;
    here.entry("a.read").await;
    let base = here.role("base", &["a.read"]).await;
    let role = here.role_of("role", &[&base]).await;
    here.grant(&role, Grantee::Group(top.id)).await;
    here.assign(&base, &alice).await;
    let policy = here.policy("package iam").await;
    let policies = here.policies();
    let none = policies.activation().await.unwrap();
    let activated = policies
        .activate(none, Some(policy.id), &here.change())
        .await;
    activated.unwrap();
    here.audit().add(&[event("a.b")]).await.unwrap();
    let change = idempotent(here.tenant.id, KEY);
    here.users().add(&user("bob"), None, &change).await.unwrap();
    (alice, here.api_key(&["a.read"]).await, here.client().await)
}

/// A key to recognise a create by.
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

async fn assert_nothing_is_left(here: &Here<'_>, events: usize) {
    let page = Page::first(Page::MAX);
    let users = here.users().list(&UserFilter::default(), &page).await;
    let groups = here.groups().list(&GroupFilter::default(), &page).await;
    let roles = here.roles().list(&RoleFilter::default(), &page).await;
    assert!(users.unwrap().items.is_empty());
    assert!(groups.unwrap().items.is_empty());
    assert!(roles.unwrap().items.is_empty());
    let entries = here.permissions().list(None, &page).await.unwrap();
    assert!(entries.items.is_empty());
    assert!(here.policies().list(&page).await.unwrap().items.is_empty());
    let activation = here.policies().activation().await.unwrap();
    assert_eq!(activation, PolicyActivation::default());
    assert!(here.api_keys().list(&page).await.unwrap().items.is_empty());
    let clients = here.clients().list(None, &page).await.unwrap();
    assert!(clients.items.is_empty());
    assert_eq!(here.idempotency().find_by_key(KEY).await.unwrap(), None);
    assert_eq!(here.logged().await, events);
}
