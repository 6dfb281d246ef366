use async_trait::async_trait;
use iam_model::{CatalogueEntry, Permission};
use iam_storage_ports::{Change, Listing, Page, PermissionRepository, StorageError};

use crate::{
    collection::Collection,
    command::{Command, texts},
    document::Document,
    storage::MongoTenant,
    unit::{Query, unused},
    versioned::current,
};

const OWN: Collection = Collection::Permissions;

/// The field that a list is ordered by.
const KEY: &str = "permission";

#[async_trait(?Send)]
impl PermissionRepository for MongoTenant<'_> {
    async fn lookup(
        &self,
        permission: &Permission,
    ) -> Result<Option<CatalogueEntry>, StorageError> {
        self.storage.find(self.lookup(OWN, permission), read).await
    }

    async fn missing(&self, permissions: &[Permission]) -> Result<Vec<Permission>, StorageError> {
        let is_wildcard = |permission: &&Permission| permission.is_wildcard();
        let (wildcards, exact): (Vec<_>, Vec<_>) = permissions.iter().partition(is_wildcard);
        let exact = self.own().among(KEY, texts(exact));
        let mut queries = vec![Command::find(OWN.name(), exact).only(&[KEY])];
        // One that is covered is enough.
        queries.extend(wildcards.into_iter().map(|wildcard| {
            let below = self.own().begins(KEY, wildcard.as_str().strip_suffix('*'));
            Command::find(OWN.name(), below).limit(1).only(&[KEY])
        }));
        let found = self.storage.read(&queries).await?;
        let entries = (0..queries.len()).flat_map(|at| found.all(at));
        let entries = entries.map(|entry| entry.read(OWN).parsed(KEY));
        let entries: Vec<Permission> = entries.collect::<Result<_, _>>()?;
        let is_missing = |wanted: &&Permission| !entries.iter().any(|entry| wanted.covers(entry));
        Ok(permissions.iter().filter(is_missing).cloned().collect())
    }

    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<CatalogueEntry>, StorageError> {
        let filter = self.own().begins(KEY, prefix);
        let key = |entry: &CatalogueEntry| entry.permission.to_string();
        self.storage.list(OWN, (filter, KEY, page), read, key).await
    }

    async fn add(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError> {
        let queries = vec![self.lookup(OWN, &entry.permission)];
        self.write(change, queries, |unit| {
            let new = Document::of_tenant(self.id, &entry.permission);
            unit.add(OWN, document(new, entry))
        })
        .await
    }

    async fn change(
        &self,
        entry: CatalogueEntry,
        change: &Change,
    ) -> Result<CatalogueEntry, StorageError> {
        let id = self.key(&entry.permission);
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            let before = current(unit, OWN, &id, entry.version)?.clone();
            let kept = read(&before)?;
            let after = CatalogueEntry {
                created_at: kept.created_at,
                version: kept.version + 1,
                ..entry.clone()
            };
            unit.put(OWN, document(before, &after));
            Ok(after)
        })
        .await
    }

    async fn remove(&self, entry: &CatalogueEntry, change: &Change) -> Result<(), StorageError> {
        let id = self.key(&entry.permission);
        let named = self.own().has("permissions", &entry.permission);
        let named = Command::find(Collection::Roles.name(), named).limit(1);
        let queries = vec![Query::id(OWN, &id), Query::new(Collection::Roles, named)];
        self.write(change, queries, |unit| {
            current(unit, OWN, &id, entry.version)?;
            unused(unit.found.first(1).is_some())?;
            unit.remove(OWN, &id);
            Ok(())
        })
        .await
    }
}

/// `before` with all that `entry` is.
fn document(before: Document, entry: &CatalogueEntry) -> Document {
    before
        .text(KEY, &entry.permission)
        .text("description", &entry.description)
        .integer("version", entry.version)
        .time("created_at", entry.created_at)
        .time("updated_at", entry.updated_at)
}

fn read(document: &Document) -> Result<CatalogueEntry, StorageError> {
    let fields = document.read(OWN);
    Ok(CatalogueEntry {
        permission: fields.parsed(KEY)?,
        description: fields.parsed("description")?,
        version: fields.integer("version")?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
    })
}
