//! What is written together with a change: its event is in the log exactly when it succeeded.

use iam_model::{AuditEvent, Group, PolicyActivation, Role};
use iam_storage_ports::{AuditFilter, Change, Grantee, Page, Storage};

use crate::{
    assert::assert_error,
    fixture::{Here, api_key, change, client, entry, group, password, policy, role, tenant, user},
};

/// Tenants, whose first event may stand in their own log or in another's.
pub async fn changes_of_tenants_are_logged(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut log, tenants) = (Log::of(&here), storage.tenants());
    let own = Here::absent(storage);
    let first = own.change();
    tenants.add(&own.tenant, &first).await.unwrap();
    assert_eq!(logged(&own).await, [first.event]);
    let other = tenant();
    tenants.add(&other, &log.done()).await.unwrap();
    assert_error!(tenants.add(&other, &log.refused()).await, AlreadyExists);
    let changed = tenants.change(other.clone(), &log.done()).await.unwrap();
    let stale = tenants.change(other.clone(), &log.refused()).await;
    assert_error!(stale, Stale);
    assert_error!(tenants.remove(&other, &log.refused()).await, Stale);
    tenants.remove(&changed, &log.done()).await.unwrap();
    log.check().await;
}

/// Users and their credentials.
pub async fn changes_of_users_are_logged(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut log, users) = (Log::of(&here), here.users());
    let (alice, bob) = (user("alice"), user("bob"));
    users.add(&alice, None, &log.done()).await.unwrap();
    let again = users.add(&alice, None, &log.refused()).await;
    assert_error!(again, AlreadyExists);
    let of_bob = password(&bob);
    users.add(&bob, Some(&of_bob), &log.done()).await.unwrap();
    let changed = users.change(alice.clone(), &log.done()).await.unwrap();
    let stale = users.change(alice.clone(), &log.refused()).await;
    assert_error!(stale, Stale);
    let of_alice = password(&alice);
    let stale = users
        .change_password(alice.clone(), &of_alice, &log.refused())
        .await;
    assert_error!(stale, Stale);
    let changed = users.change_password(changed, &of_alice, &log.done()).await;
    let credentials = here.credentials();
    let held = credentials.list(&bob.id).await.unwrap();
    let removed = credentials
        .remove(&alice.id, &held[0], &log.refused())
        .await;
    assert_error!(removed, NotFound);
    let removed = credentials.remove(&bob.id, &held[0], &log.done()).await;
    removed.unwrap();
    assert_error!(users.remove(&alice, &log.refused()).await, Stale);
    users.remove(&changed.unwrap(), &log.done()).await.unwrap();
    log.check().await;
}

/// Groups and their members; a write that changes nothing is logged too.
pub async fn changes_of_groups_are_logged(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut log, groups) = (Log::of(&here), here.groups());
    let (alice, top) = (here.user("alice").await, group("top", None));
    groups.add(&top, &log.done()).await.unwrap();
    assert_error!(groups.add(&top, &log.refused()).await, AlreadyExists);
    let below = here.group("below", Some(&top)).await;
    let around = Group {
        parent: Some(below.id),
        ..top.clone()
    };
    assert_error!(groups.change(around, &log.refused()).await, Cycle);
    let changed = groups.change(top.clone(), &log.done()).await.unwrap();
    assert_error!(groups.change(top.clone(), &log.refused()).await, Stale);
    for _ in 0..2 {
        let joined = groups.add_member(&top.id, &alice.id, &log.done()).await;
        joined.unwrap();
    }
    let nobody = user("nobody").id;
    let joined = groups.add_member(&top.id, &nobody, &log.refused()).await;
    assert_error!(joined, NotFound);
    for _ in 0..2 {
        let left = groups.remove_member(&top.id, &alice.id, &log.done()).await;
        left.unwrap();
    }
    assert_error!(groups.remove(&changed, &log.refused()).await, InUse);
    assert_error!(groups.remove(&top, &log.refused()).await, Stale);
    groups.remove(&below, &log.done()).await.unwrap();
    log.check().await;
}

/// Roles and who has them; a write that changes nothing is logged too.
pub async fn changes_of_roles_are_logged(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut log, roles) = (Log::of(&here), here.roles());
    let (alice, base) = (here.user("alice").await, role("base", &["a.read"]));
    roles.add(&base, &log.done()).await.unwrap();
    assert_error!(roles.add(&base, &log.refused()).await, AlreadyExists);
    let above = here.role_of("above", &[&base]).await;
    let around = Role {
        includes: vec![above.id],
        ..base.clone()
    };
    assert_error!(roles.change(around, &log.refused()).await, Cycle);
    let changed = roles.change(base.clone(), &log.done()).await.unwrap();
    assert_error!(roles.change(base.clone(), &log.refused()).await, Stale);
    let (to, nobody) = (Grantee::User(alice.id), Grantee::User(user("nobody").id));
    for _ in 0..2 {
        roles.assign(&base.id, &to, &log.done()).await.unwrap();
    }
    let assigned = roles.assign(&base.id, &nobody, &log.refused()).await;
    assert_error!(assigned, NotFound);
    for _ in 0..2 {
        roles.unassign(&base.id, &to, &log.done()).await.unwrap();
    }
    assert_error!(roles.remove(&changed, &log.refused()).await, InUse);
    assert_error!(roles.remove(&base, &log.refused()).await, Stale);
    roles.remove(&above, &log.done()).await.unwrap();
    log.check().await;
}

/// The catalogue and the policy.
pub async fn changes_of_entries_and_policies_are_logged(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut log = Log::of(&here);
    let (catalogue, read) = (here.permissions(), entry("a.read"));
    catalogue.add(&read, &log.done()).await.unwrap();
    let again = catalogue.add(&read, &log.refused()).await;
    assert_error!(again, AlreadyExists);
    let changed = catalogue.change(read.clone(), &log.done()).await.unwrap();
    let stale = catalogue.change(read.clone(), &log.refused()).await;
    assert_error!(stale, Stale);
    assert_error!(catalogue.remove(&read, &log.refused()).await, Stale);
    catalogue.remove(&changed, &log.done()).await.unwrap();

    let (policies, none) = (here.policies(), PolicyActivation::default());
    let one = policies.add(policy("one"), &log.done()).await.unwrap();
    let again = policies.add(one.clone(), &log.refused()).await;
    assert_error!(again, AlreadyExists);
    let now = policies.activate(none, Some(one.id), &log.done()).await;
    let stale = policies.activate(none, Some(one.id), &log.refused()).await;
    assert_error!(stale, Stale);
    let unknown = Some(policy("").id);
    let absent = policies
        .activate(now.unwrap(), unknown, &log.refused())
        .await;
    assert_error!(absent, NotFound);
    assert_error!(policies.remove(&one.id, &log.refused()).await, InUse);
    let absent = policies.remove(&policy("").id, &log.refused()).await;
    assert_error!(absent, NotFound);
    let two = here.policy("two").await;
    policies.remove(&two.id, &log.done()).await.unwrap();
    log.check().await;
}

/// Clients and API keys.
pub async fn changes_of_clients_and_keys_are_logged(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut log = Log::of(&here);
    let (clients, app) = (here.clients(), client(&here.tenant));
    clients.add(&app, &log.done()).await.unwrap();
    assert_error!(clients.add(&app, &log.refused()).await, AlreadyExists);
    let changed = clients.change(app.clone(), &log.done()).await.unwrap();
    assert_error!(clients.change(app.clone(), &log.refused()).await, Stale);
    assert_error!(clients.remove(&app, &log.refused()).await, Stale);
    clients.remove(&changed, &log.done()).await.unwrap();

    let (keys, key) = (here.api_keys(), api_key(&["a.read"]));
    keys.add(&key, &log.done()).await.unwrap();
    assert_error!(keys.add(&key, &log.refused()).await, AlreadyExists);
    let changed = keys.change(key.clone(), &log.done()).await.unwrap();
    assert_error!(keys.change(key.clone(), &log.refused()).await, Stale);
    assert_error!(keys.remove(&key, &log.refused()).await, Stale);
    keys.remove(&changed, &log.done()).await.unwrap();
    log.check().await;
}

/// A change whose event cannot be written is not made: where the log's tenant is not there, or the
/// event is there already.
pub async fn a_change_without_its_event_is_not_made(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let used = here.change();
    let (alice, bob) = (user("alice"), user("bob"));
    let (users, tenants) = (here.users(), storage.tenants());
    users.add(&alice, None, &used).await.unwrap();
    let twice = users.add(&bob, None, &used).await;
    assert_error!(twice, AlreadyExists);
    let nowhere = change(tenant().id);
    assert_error!(users.add(&bob, None, &nowhere).await, NotFound);
    assert_eq!(users.lookup(&bob.id).await.unwrap(), None);
    let changed = users.change(alice.clone(), &nowhere).await;
    assert_error!(changed, NotFound);
    let changed = users.change(alice.clone(), &used).await;
    assert_error!(changed, AlreadyExists);
    assert_error!(users.remove(&alice, &nowhere).await, NotFound);
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice));
    let other = tenant();
    assert_error!(tenants.add(&other, &nowhere).await, NotFound);
    assert_eq!(tenants.lookup(&other.id).await.unwrap(), None);
}

/// The log that a case writes into, and for each write whether it should be in it.
struct Log<'a> {
    here: &'a Here<'a>,
    writes: Vec<(AuditEvent, bool)>,
}

impl<'a> Log<'a> {
    const fn of(here: &'a Here<'a>) -> Self {
        let writes = Vec::new();
        Self { here, writes }
    }

    /// What goes with a write that should succeed.
    fn done(&mut self) -> Change {
        self.write(true)
    }

    /// What goes with a write that should fail.
    fn refused(&mut self) -> Change {
        self.write(false)
    }

    fn write(&mut self, succeeds: bool) -> Change {
        let change = self.here.change();
        self.writes.push((change.event.clone(), succeeds));
        change
    }

    async fn check(self) {
        let log = logged(self.here).await;
        for (n, (event, succeeded)) in self.writes.into_iter().enumerate() {
            assert_eq!(log.contains(&event), succeeded, "the event of write {n}");
        }
    }
}

async fn logged(here: &Here<'_>) -> Vec<AuditEvent> {
    let page = Page::first(Page::MAX);
    let log = here.audit().list(&AuditFilter::default(), &page).await;
    let log = log.unwrap().items.into_iter();
    log.map(|sealed| sealed.event).collect()
}
