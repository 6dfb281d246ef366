use async_trait::async_trait;
use iam_model::{Group, GroupId, GroupName, UserId};
use iam_storage_ports::{Change, GroupFilter, GroupRepository, Listing, Page, StorageError};
use serde_json::json;

use crate::{
    collection::Collection,
    command::{Command, from, texts},
    document::Document,
    storage::MongoTenant,
    unit::{Query, Unit, exists, free, unused},
    versioned::current,
};

const OWN: Collection = Collection::Groups;

/// How one group leads to the one it is in.
pub(crate) const ABOVE: (&str, &str) = ("parent_id", "id");

#[async_trait(?Send)]
impl GroupRepository for MongoTenant<'_> {
    async fn lookup(&self, id: &GroupId) -> Result<Option<Group>, StorageError> {
        self.storage.find(self.lookup(OWN, id), read).await
    }

    async fn find_by_name(&self, name: &GroupName) -> Result<Option<Group>, StorageError> {
        let command = Command::find(OWN.name(), self.own().has("name", name)).limit(1);
        self.storage.find(Query::new(OWN, command), read).await
    }

    async fn list(
        &self,
        filter: &GroupFilter,
        page: &Page,
    ) -> Result<Listing<Group>, StorageError> {
        let wanted = self
            .own()
            .begins("name", filter.name_prefix.as_deref())
            .has_if("parent_id", filter.parent);
        let key = |group: &Group| group.id.to_string();
        let Some(member) = filter.member else {
            return self
                .storage
                .list(OWN, (wanted, "id", page), read, key)
                .await;
        };
        let user = self
            .lookup(Collection::Users, member)
            .command
            .only(&["groups"]);
        let wanted = wanted.among("id", from(&[(0, "groups")]));
        let page_of = Command::page(OWN, wanted, "id", page);
        let found = self.storage.read(&[user, page_of]).await?;
        let groups = found.all(1).iter().map(read).collect::<Result<_, _>>()?;
        Ok(Listing::new(groups, page, key))
    }

    async fn add(&self, group: &Group, change: &Change) -> Result<(), StorageError> {
        let queries = self.around(group);
        self.write(change, queries, |unit| {
            self.check_group(unit, group)?;
            let new = Document::of_tenant(self.id, group.id).texts("roles", [""; 0]);
            unit.add(OWN, document(new, group))
        })
        .await
    }

    async fn change(&self, group: Group, change: &Change) -> Result<Group, StorageError> {
        let queries = self.around(&group);
        self.write(change, queries, |unit| {
            let before = current(unit, OWN, &self.key(group.id), group.version)?.clone();
            let kept = read(&before)?;
            let after = Group {
                created_at: kept.created_at,
                version: kept.version + 1,
                ..group.clone()
            };
            self.check_group(unit, &after)?;
            unit.put(OWN, document(before, &after));
            Ok(after)
        })
        .await
    }

    async fn remove(&self, group: &Group, change: &Change) -> Result<(), StorageError> {
        let below = self.own().has("parent_id", group.id);
        let below = Command::find(OWN.name(), below).limit(1);
        let queries = vec![Query::new(OWN, below), self.lookup(OWN, group.id)];
        let id = self.key(group.id);
        self.write(change, queries, |unit| {
            current(unit, OWN, &id, group.version)?;
            unused(unit.found.first(0).is_some())?;
            unit.remove(OWN, &id);
            let members = self.own().has("groups", group.id);
            let left = json!({ "$pull": { "groups": group.id.to_string() } });
            unit.alter(Collection::Users, members, left);
            Ok(())
        })
        .await
    }

    async fn add_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError> {
        let queries = vec![
            self.lookup(OWN, group),
            self.lookup(Collection::Users, user),
        ];
        self.write(change, queries, |unit| {
            exists(unit.has(OWN, &self.key(group)))?;
            self.include(
                unit,
                (Collection::Users, user.to_string()),
                ("groups", group.to_string()),
            )
        })
        .await
    }

    async fn remove_member(
        &self,
        group: &GroupId,
        user: &UserId,
        change: &Change,
    ) -> Result<(), StorageError> {
        let queries = vec![self.lookup(Collection::Users, user)];
        self.write(change, queries, |unit| {
            self.exclude(
                unit,
                (Collection::Users, user.to_string()),
                ("groups", group.to_string()),
            );
            Ok(())
        })
        .await
    }
}

impl MongoTenant<'_> {
    /// Puts a text into an array of a document that must be there.
    pub(crate) fn include(
        &self,
        unit: &mut Unit,
        (of, key): (Collection, String),
        (field, text): (&str, String),
    ) -> Result<(), StorageError> {
        let document = unit.get(of, &self.key(key));
        let document = document.ok_or(StorageError::NotFound)?.clone();
        let mut all = document.texts_in(field);
        if !all.contains(&text) {
            all.push(text);
            unit.put(of, document.texts(field, all));
        }
        Ok(())
    }

    /// Takes a text out of an array of a document, if both are there.
    pub(crate) fn exclude(
        &self,
        unit: &mut Unit,
        (of, key): (Collection, String),
        (field, text): (&str, String),
    ) {
        let Some(document) = unit.get(of, &self.key(key)).cloned() else {
            return;
        };
        let mut all = document.texts_in(field);
        if all.contains(&text) {
            all.retain(|other| *other != text);
            unit.put(of, document.texts(field, all));
        }
    }

    /// What decides whether a group can be as it is asked to be: who has its name, itself, and the
    /// groups above it.
    fn around(&self, group: &Group) -> Vec<Query> {
        let named = Command::find(OWN.name(), self.own().has("name", &group.name));
        let above = Command::closure(OWN, self.own(), texts(group.parent), ABOVE);
        vec![
            Query::new(OWN, named),
            Query::new(OWN, above),
            self.lookup(OWN, group.id),
        ]
    }

    /// Whether a group can be as it is asked to be, among the others.
    fn check_group(&self, unit: &Unit, group: &Group) -> Result<(), StorageError> {
        let own = self.key(group.id);
        if let Some(parent) = group.parent {
            exists(unit.has(OWN, &self.key(parent)))?;
            if unit.found.all(1).iter().any(|above| above.id() == own) {
                return Err(StorageError::Cycle);
            }
        }
        free(unit.found.all(0).iter().any(|named| named.id() != own))
    }
}

fn document(before: Document, group: &Group) -> Document {
    before
        .text("id", group.id)
        .text("name", &group.name)
        .text("description", &group.description)
        .text_or_null("parent_id", group.parent)
        .integer("version", group.version)
        .time("created_at", group.created_at)
        .time("updated_at", group.updated_at)
}

pub(crate) fn read(document: &Document) -> Result<Group, StorageError> {
    let fields = document.read(OWN);
    Ok(Group {
        id: fields.parsed("id")?,
        name: fields.parsed("name")?,
        description: fields.parsed("description")?,
        parent: fields.parsed_or_null("parent_id")?,
        version: fields.integer("version")?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
    })
}
