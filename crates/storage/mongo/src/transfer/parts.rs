//! Tables of which a row is a text in an array of a document.

use std::collections::{BTreeMap, BTreeSet};

use iam_storage_ports::{Cell, Record, StorageError, Table};
use serde_json::json;

use super::{pair_of, text};
use crate::{
    collection::Collection,
    command::{Command, Filter, texts},
    document::{Document, ID},
    storage::MongoStorage,
    unit::{Query, Unit, free},
    user::pair,
};

/// How many documents are looked at in one request.
const PAGE: u32 = 500;

/// Where the rows of a table are.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// In the documents of this collection,
    of: Collection,
    /// those whose field of this name is in the row,
    owner: &'static str,
    /// in this column,
    place: usize,
    /// in this array.
    array: &'static str,
}

impl Part {
    pub(super) fn of(table: &Table) -> Option<Self> {
        use Collection::{Credentials, Groups, Roles, Users};
        let (of, owner, place, array) = match table.name {
            "external_ids" => (Users, "id", 3, "external_ids"),
            "group_members" => (Users, "id", 1, "groups"),
            "group_roles" => (Groups, "id", 1, "roles"),
            "recovery_codes" => (Credentials, "user_id", 1, "digests"),
            "role_assignable" => (Roles, "id", 1, "assignable"),
            "role_includes" => (Roles, "id", 1, "includes"),
            "role_permissions" => (Roles, "id", 1, "permissions"),
            "user_emails" => (Users, "id", 2, "emails"),
            "user_roles" => (Users, "id", 1, "roles"),
            _ => return None,
        };
        Some(Self {
            of,
            owner,
            place,
            array,
        })
    }

    /// The first rows that come after `last`. They are in the order of their keys, and the documents
    /// are not, so those of a tenant are all looked at.
    pub(super) async fn export(
        self,
        storage: &MongoStorage,
        table: &'static Table,
        last: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Record>, StorageError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut tenant = last
            .and_then(|last| last.first())
            .cloned()
            .unwrap_or_default();
        let mut rows = BTreeMap::new();
        let mut place = (tenant.clone(), String::new());
        loop {
            let documents = self.page(storage, &place).await?;
            let is_last = documents.len() < PAGE as usize;
            for document in &documents {
                let own = document.text_of("tenant_id").unwrap_or_default();
                // All rows of the tenants before come before.
                if own != tenant && rows.len() >= limit {
                    return Ok(rows.into_values().take(limit).collect());
                }
                own.clone_into(&mut tenant);
                place = (tenant.clone(), document.id().to_owned());
                for row in self.rows(table, document) {
                    let key = row.key(table);
                    if last.is_none_or(|last| *key > *last) {
                        rows.insert(key, row);
                    }
                }
                while rows.len() > limit {
                    rows.pop_last();
                }
            }
            if is_last {
                return Ok(rows.into_values().collect());
            }
        }
    }

    pub(super) async fn count(
        self,
        storage: &MongoStorage,
        table: &'static Table,
    ) -> Result<u64, StorageError> {
        let (mut count, mut place) = (0, (String::new(), String::new()));
        loop {
            let documents = self.page(storage, &place).await?;
            for document in &documents {
                count += self.rows(table, document).len() as u64;
                let tenant = document.text_of("tenant_id").unwrap_or_default();
                place = (tenant.to_owned(), document.id().to_owned());
            }
            if documents.len() < PAGE as usize {
                return Ok(count);
            }
        }
    }

    /// The documents after that of a tenant with an id, in this order.
    async fn page(
        self,
        storage: &MongoStorage,
        (tenant, id): &(String, String),
    ) -> Result<Vec<Document>, StorageError> {
        let same = Filter::all()
            .has("tenant_id", tenant)
            .and(ID, json!({ "$gt": id }));
        let later = Filter::all().and("tenant_id", json!({ "$gt": tenant }));
        let filter = Filter::all().any([same, later]);
        let command = Command::find(self.of.name(), filter)
            .limit(PAGE)
            .only(&["tenant_id", self.owner, self.array])
            .sorted(&[("tenant_id", 1), (ID, 1)]);
        Ok(storage.read(&[command]).await?.all(0).to_vec())
    }

    fn rows(self, table: &Table, document: &Document) -> Vec<Record> {
        let field = |name| document.text_of(name).unwrap_or_default().to_owned();
        let (tenant, owner) = (field("tenant_id"), field(self.owner));
        let texts = document.texts_in(self.array).into_iter();
        let row = |text: String| {
            let mut cells = vec![tenant.clone()];
            match pair_of(&text).filter(|_| table.key == 3 && self.place == 3) {
                Some((system, id)) => cells.extend([system, id]),
                None => cells.push(text),
            }
            cells.insert(self.place, owner.clone());
            Record::new(table, cells.into_iter().map(Cell::Text).collect())
        };
        texts.filter_map(row).collect()
    }

    /// The text in the array that stands for a row.
    fn text(self, row: &Record) -> String {
        match self.place {
            1 => text(row, 2).to_owned(),
            2 => text(row, 1).to_owned(),
            _ => pair(text(row, 1), text(row, 2)),
        }
    }

    /// Adds the rows that are not there, all or none.
    pub(super) async fn import(
        self,
        storage: &MongoStorage,
        table: &'static Table,
        rows: &[Record],
    ) -> Result<(), StorageError> {
        let tenants: BTreeSet<_> = rows.iter().map(|row| text(row, 0)).collect();
        let owners: BTreeSet<_> = rows.iter().map(|row| text(row, self.place)).collect();

        let own = Filter::all().among("tenant_id", texts(&tenants));
        let own = own.among(self.owner, texts(owners));
        let mut queries = vec![Query::find(self.of, own)];
        if self.is_unique(table) {
            let names = texts(rows.iter().map(|row| self.text(row)));
            let taken = Filter::all().among("tenant_id", texts(&tenants));
            queries.push(Query::find(self.of, taken.among(self.array, names)));
        }
        let is_unique = self.is_unique(table);
        storage
            .unit(&queries, |unit| {
                rows.iter()
                    .try_for_each(|row| self.add(unit, row, is_unique))
            })
            .await
    }

    /// Whether only one document of a tenant can have a text.
    fn is_unique(self, table: &Table) -> bool {
        self.place >= table.key
    }

    fn add(self, unit: &mut Unit, row: &Record, is_unique: bool) -> Result<(), StorageError> {
        let (tenant, owner, new) = (text(row, 0), text(row, self.place), self.text(row));
        let has = |document: &Document| document.texts_in(self.array).contains(&new);
        let is_owner = |document: &Document| {
            document.has_text("tenant_id", tenant)
                && document.has_text(self.owner, owner)
                && (self.of != Collection::Credentials
                    || document.has_text("kind", "recovery_codes"))
        };
        let is_others = |other: &Document| {
            other.has_text("tenant_id", tenant) && !is_owner(other) && has(other)
        };
        free(is_unique && unit.any(self.of, is_others))?;
        let id = unit.ids_where(self.of, is_owner).into_iter().next();
        let document = id.and_then(|id| unit.get(self.of, &id).cloned());
        let document = document.ok_or(StorageError::NotFound)?;
        if !has(&document) {
            let mut texts = document.texts_in(self.array);
            texts.push(new.clone());
            unit.put(self.of, document.texts(self.array, texts));
        }
        Ok(())
    }
}
