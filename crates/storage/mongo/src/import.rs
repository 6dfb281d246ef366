//! Many users in one unit of work, as long as it is not too large; then in several, one after the
//! other.
//!
//! What has to be known of all of them is asked at once: who has one of their names, and whether
//! the roles and groups exist. A user can also be in the way of another in the same call; those
//! before it in the unit are looked at as if they were there.

use std::collections::BTreeSet;

use iam_storage_ports::{NewUser, StorageError};

use crate::{
    audit,
    collection::Collection,
    credential,
    document::{Document, id},
    storage::MongoTenant,
    unit::{Query, Unit, exists},
    user,
};

/// How many users go into one unit.
const MOST: usize = 500;

/// Adds those of `users` that are free, and says of each whether it was added.
pub(crate) async fn run(
    tenant: &MongoTenant<'_>,
    users: &[NewUser],
) -> Result<Vec<bool>, StorageError> {
    let mut added = Vec::new();
    for some in users.chunks(MOST) {
        let queries = queries(tenant, users, some);
        let outcome = tenant.storage.unit(&queries, |unit| {
            grants_exist(tenant, unit, users)?;
            some.iter()
                .map(|new| add(tenant, unit, new))
                .collect::<Result<Vec<_>, _>>()
        });
        added.extend(outcome.await?);
    }
    Ok(added)
}

/// What `some` of all users need to know.
fn queries(tenant: &MongoTenant<'_>, all: &[NewUser], some: &[NewUser]) -> Vec<Query> {
    let logs: BTreeSet<_> = some.iter().map(|new| new.change.log).collect();
    let roles = all.iter().flat_map(|new| &new.roles);
    let groups = all.iter().flat_map(|new| &new.groups);
    let passwords = some.iter().filter_map(|new| new.password.as_ref());
    let events = some
        .iter()
        .map(|new| id(new.change.log, new.change.event.id));
    let mut queries = vec![
        tenant.itself(),
        tenant.namesakes(some.iter().map(|new| &new.user)),
        tenant.with_keys(Collection::Roles, roles),
        tenant.with_keys(Collection::Groups, groups),
        tenant.with_keys(
            Collection::Credentials,
            passwords.map(|password| password.id),
        ),
        Query::with_ids(Collection::AuditEvents, events),
    ];
    let log = |log: &_| Query::id(Collection::Tenants, &format!("{log}"));
    queries.extend(logs.iter().map(log));
    queries
}

/// Refuses all if one is to get what does not exist.
fn grants_exist(
    tenant: &MongoTenant<'_>,
    unit: &Unit,
    users: &[NewUser],
) -> Result<(), StorageError> {
    let has = |of, key: String| unit.has(of, &tenant.key(key));
    let mut roles = users.iter().flat_map(|new| &new.roles);
    exists(roles.all(|role| has(Collection::Roles, role.to_string())))?;
    let mut groups = users.iter().flat_map(|new| &new.groups);
    exists(groups.all(|group| has(Collection::Groups, group.to_string())))?;
    exists(unit.has(Collection::Tenants, &tenant.id.to_string()))
}

/// Adds a user if it is free.
fn add(tenant: &MongoTenant<'_>, unit: &mut Unit, new: &NewUser) -> Result<bool, StorageError> {
    let is_there = unit.has(Collection::Users, &tenant.key(new.user.id));
    if is_there || tenant.check_names(unit, &new.user).is_err() {
        return Ok(false);
    }
    let document = Document::of_tenant(tenant.id, new.user.id)
        .texts("roles", &new.roles)
        .texts("groups", &new.groups);
    unit.add(Collection::Users, user::document(document, &new.user)?)?;
    if let Some(password) = &new.password {
        let password = credential::password(tenant.id, password);
        unit.add(Collection::Credentials, password)?;
    }
    exists(unit.has(Collection::Tenants, &new.change.log.to_string()))?;
    let event = audit::document(new.change.log, &new.change.event)?;
    unit.add(Collection::AuditEvents, event)?;
    Ok(true)
}
