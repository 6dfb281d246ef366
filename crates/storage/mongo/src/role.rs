use async_trait::async_trait;
use iam_model::{Permission, Role, RoleId, RoleName, UserId};
use iam_storage_ports::{
    Change, Grantee, Holder, Listing, Page, RoleFilter, RoleRepository, StorageError,
};
use serde_json::json;

use crate::{
    collection::Collection,
    command::{Command, Filter, from, texts},
    document::Document,
    group::ABOVE,
    storage::MongoTenant,
    unit::{Query, Unit, exists, free, unused},
    versioned::current,
};

const OWN: Collection = Collection::Roles;

/// How one role leads to those it includes.
pub(crate) const INCLUDED: (&str, &str) = ("includes", "id");

#[async_trait(?Send)]
impl RoleRepository for MongoTenant<'_> {
    async fn lookup(&self, id: &RoleId) -> Result<Option<Role>, StorageError> {
        self.storage.find(self.lookup(OWN, id), read).await
    }

    async fn find_by_name(&self, name: &RoleName) -> Result<Option<Role>, StorageError> {
        let command = Command::find(OWN.name(), self.own().has("name", name)).limit(1);
        self.storage.find(Query::new(OWN, command), read).await
    }

    async fn list(&self, filter: &RoleFilter, page: &Page) -> Result<Listing<Role>, StorageError> {
        let wanted = self.own().begins("name", filter.name_prefix.as_deref());
        let key = |role: &Role| role.id.to_string();
        let Some(grantee) = &filter.grantee else {
            return self
                .storage
                .list(OWN, (wanted, "id", page), read, key)
                .await;
        };
        let (of, id) = holder_of(grantee);
        let grantee = self.lookup(of, id).command.only(&["roles"]);
        let wanted = wanted.among("id", from(&[(0, "roles")]));
        let page_of = Command::page(OWN, wanted, "id", page);
        let found = self.storage.read(&[grantee, page_of]).await?;
        let roles = found.all(1).iter().map(read).collect::<Result<_, _>>()?;
        Ok(Listing::new(roles, page, key))
    }

    async fn add(&self, role: &Role, change: &Change) -> Result<(), StorageError> {
        let queries = self.around_role(role);
        self.write(change, queries, |unit| {
            self.check_role(unit, role)?;
            let new = Document::of_tenant(self.id, role.id);
            unit.add(OWN, document(new, role))
        })
        .await
    }

    async fn change(&self, role: Role, change: &Change) -> Result<Role, StorageError> {
        let queries = self.around_role(&role);
        self.write(change, queries, |unit| {
            let before = current(unit, OWN, &self.key(role.id), role.version)?.clone();
            let kept = read(&before)?;
            let after = Role {
                created_at: kept.created_at,
                version: kept.version + 1,
                ..role.clone()
            };
            self.check_role(unit, &after)?;
            let after = document(before, &after);
            let role = read(&after)?;
            unit.put(OWN, after);
            Ok(role)
        })
        .await
    }

    async fn remove(&self, role: &Role, change: &Change) -> Result<(), StorageError> {
        let names = ["includes", "assignable"];
        let names = names.map(|field| Filter::all().has(field, role.id));
        let naming = Command::find(OWN.name(), self.own().any(names)).limit(2);
        let queries = vec![Query::new(OWN, naming), self.lookup(OWN, role.id)];
        let id = self.key(role.id);
        self.write(change, queries, |unit| {
            current(unit, OWN, &id, role.version)?;
            unused(unit.found.all(0).iter().any(|other| other.id() != id))?;
            unit.remove(OWN, &id);
            for of in [Collection::Users, Collection::Groups] {
                let taken = json!({ "$pull": { "roles": role.id.to_string() } });
                unit.alter(of, self.own().has("roles", role.id), taken);
            }
            Ok(())
        })
        .await
    }

    async fn assign(
        &self,
        role: &RoleId,
        to: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError> {
        let (of, id) = holder_of(to);
        let queries = vec![self.lookup(OWN, role), self.lookup(of, &id)];
        self.write(change, queries, |unit| {
            exists(unit.has(OWN, &self.key(role)))?;
            self.include(unit, (of, id.clone()), ("roles", role.to_string()))
        })
        .await
    }

    async fn unassign(
        &self,
        role: &RoleId,
        from: &Grantee,
        change: &Change,
    ) -> Result<(), StorageError> {
        let (of, id) = holder_of(from);
        let queries = vec![self.lookup(of, &id)];
        self.write(change, queries, |unit| {
            self.exclude(unit, (of, id.clone()), ("roles", role.to_string()));
            Ok(())
        })
        .await
    }

    async fn permissions_of(&self, holder: &Holder) -> Result<Vec<Permission>, StorageError> {
        let held = self.held(holder);
        let last = held.len() - 1;
        let found = self.storage.read(&held).await?;
        union(found.all(last), "permissions")
    }

    async fn assignable_by(&self, user: &UserId) -> Result<Vec<RoleId>, StorageError> {
        let held = self.held(&Holder::User(*user));
        let last = held.len() - 1;
        let found = self.storage.read(&held).await?;
        union(found.all(last), "assignable")
    }
}

impl MongoTenant<'_> {
    /// Queries of which the last finds all roles that `holder` has, in whatever way.
    fn held(&self, holder: &Holder) -> Vec<Command> {
        let roles = |start| Command::closure(OWN, self.own(), start, INCLUDED);
        let above = |start| Command::closure(Collection::Groups, self.own(), start, ABOVE);
        match holder {
            Holder::Role(role) => vec![roles(texts([role]))],
            Holder::Group(group) => {
                vec![above(texts([group])), roles(from(&[(0, "roles")]))]
            }
            Holder::User(user) => vec![
                self.lookup(Collection::Users, user).command,
                above(from(&[(0, "groups")])),
                roles(from(&[(0, "roles"), (1, "roles")])),
            ],
        }
    }

    /// What decides whether a role can be as it is asked to be: who has its name, the roles that it
    /// includes, those that it names, and itself.
    fn around_role(&self, role: &Role) -> Vec<Query> {
        let named = Command::find(OWN.name(), self.own().has("name", &role.name));
        let included = Command::closure(OWN, self.own(), texts(&role.includes), INCLUDED);
        let others = role.assignable.iter().chain([&role.id]);
        vec![
            Query::new(OWN, named),
            Query::new(OWN, included),
            self.with_keys(OWN, others),
        ]
    }

    /// Whether a role can be as it is asked to be, among the others.
    fn check_role(&self, unit: &Unit, role: &Role) -> Result<(), StorageError> {
        let mut names = role.includes.iter().chain(&role.assignable);
        exists(names.all(|id| unit.has(OWN, &self.key(id))))?;
        let own = self.key(role.id);
        if unit
            .found
            .all(1)
            .iter()
            .any(|included| included.id() == own)
        {
            return Err(StorageError::Cycle);
        }
        free(unit.found.all(0).iter().any(|named| named.id() != own))
    }
}

fn holder_of(grantee: &Grantee) -> (Collection, String) {
    match grantee {
        Grantee::Group(id) => (Collection::Groups, id.to_string()),
        Grantee::User(id) => (Collection::Users, id.to_string()),
    }
}

/// All that the sets of these roles have, sorted.
pub(crate) fn union<T: Ord + std::str::FromStr>(
    roles: &[Document],
    field: &'static str,
) -> Result<Vec<T>, StorageError> {
    let sets = roles.iter().map(|role| role.read(OWN).set(field));
    let sets: Vec<Vec<T>> = sets.collect::<Result<_, _>>()?;
    let all: std::collections::BTreeSet<T> = sets.into_iter().flatten().collect();
    Ok(all.into_iter().collect())
}

fn document(before: Document, role: &Role) -> Document {
    before
        .text("id", role.id)
        .text("name", &role.name)
        .text("description", &role.description)
        .texts("permissions", &role.permissions)
        .texts("includes", &role.includes)
        .texts("assignable", &role.assignable)
        .integer("version", role.version)
        .time("created_at", role.created_at)
        .time("updated_at", role.updated_at)
}

pub(crate) fn read(document: &Document) -> Result<Role, StorageError> {
    let fields = document.read(OWN);
    Ok(Role {
        id: fields.parsed("id")?,
        name: fields.parsed("name")?,
        description: fields.parsed("description")?,
        permissions: fields.set("permissions")?,
        includes: fields.set("includes")?,
        assignable: fields.set("assignable")?,
        version: fields.integer("version")?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
    })
}
