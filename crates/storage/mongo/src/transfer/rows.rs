//! Tables of which a row is a document.

use std::collections::{BTreeMap, BTreeSet};

use iam_model::UserDetails;
use iam_storage_ports::{Cell, Record, StorageError, Table};

use super::{after, cell, collection, text, there};
use crate::{
    collection::Collection,
    command::{Command, Filter, texts},
    document::Document,
    storage::MongoStorage,
    unit::{Query, Unit, free},
    user::attributes,
};

pub(super) async fn export(
    storage: &MongoStorage,
    table: &'static Table,
    last: Option<&[String]>,
    limit: u32,
) -> Result<Vec<Record>, StorageError> {
    let of = collection(table)?;
    let key = key_fields(table);
    let filter = match last {
        Some(last) => after(&key, last),
        None => there(table),
    };
    let sorted: Vec<_> = key.iter().map(|field| (*field, 1)).collect();
    // Not as a query for one document, which asks for less.
    let command = Command::find(of.name(), filter)
        .limit(limit)
        .sorted(&sorted);
    let found = storage.read(&[command]).await?;
    let rows = found.all(0).iter().map(|document| row(table, document));
    rows.collect()
}

/// Adds the rows that are not there, all or none.
pub(super) async fn import(
    storage: &MongoStorage,
    table: &'static Table,
    rows: &[Record],
) -> Result<(), StorageError> {
    let of = collection(table)?;
    let ids: BTreeSet<_> = rows.iter().map(|row| id(table, row)).collect();
    let mut queries = vec![Query::with_ids(of, ids)];
    queries.extend(namesakes(table, of, rows));
    storage
        .unit(&queries, |unit| {
            let mut names = taken(unit, table, of);
            rows.iter()
                .try_for_each(|row| add(unit, (table, of), row, &mut names))
        })
        .await
}

fn add(
    unit: &mut Unit,
    (table, of): (&'static Table, Collection),
    row: &Record,
    names: &mut BTreeMap<Vec<String>, String>,
) -> Result<(), StorageError> {
    let id = id(table, row);
    if let Some(name) = name(table, row) {
        let owner = names.entry(name).or_insert_with(|| id.clone());
        free(*owner != id)?;
    }
    if let Some(there) = unit.get(of, &id) {
        return free(self::row(table, there)? != *row);
    }
    unit.add(of, document(table, of, row)?)
}

fn key_fields(table: &'static Table) -> Vec<&'static str> {
    let key = table.columns.iter().take(table.key);
    key.map(|column| column.name).collect()
}

fn id(table: &Table, row: &Record) -> String {
    row.key(table).join("/")
}

fn row(table: &Table, document: &Document) -> Result<Record, StorageError> {
    let cells = table.columns.iter().map(|column| cell(document, column));
    let row = Record::new(table, cells.collect());
    row.ok_or(StorageError::Corrupt {
        table: table.name,
        column: "_id",
    })
}

/// The columns that are unique beside the key: in the installation, or in the tenant.
fn unique(table: &Table) -> &'static [&'static str] {
    match table.name {
        "tenants" => &["name"],
        "users" => &["tenant_id", "username_key"],
        "roles" | "tenant_groups" => &["tenant_id", "name"],
        "credentials" => &["tenant_id", "user_id", "kind"],
        _ => &[],
    }
}

/// The unique name of a row, if it has one.
fn name(table: &Table, row: &Record) -> Option<Vec<String>> {
    let at = |name: &&str| table.columns.iter().position(|column| column.name == *name);
    let name: Vec<_> = unique(table).iter().filter_map(at).collect();
    let texts = name.iter().map(|at| text(row, *at).to_owned());
    (!name.is_empty()).then(|| texts.collect())
}

/// The documents that have a unique name of these rows.
fn namesakes(table: &'static Table, of: Collection, rows: &[Record]) -> Option<Query> {
    let fields = unique(table);
    let names: Vec<_> = rows.iter().filter_map(|row| name(table, row)).collect();
    let among = |filter: Filter, (place, field): (usize, &&'static str)| {
        let values: BTreeSet<_> = names.iter().filter_map(|name| name.get(place)).collect();
        filter.among(field, texts(values))
    };
    let filter = fields.iter().enumerate().fold(Filter::all(), among);
    (!fields.is_empty()).then(|| Query::find(of, filter))
}

/// The unique names that are taken, and by whom.
fn taken(unit: &Unit, table: &'static Table, of: Collection) -> BTreeMap<Vec<String>, String> {
    let fields = unique(table);
    let name = |document: &Document| {
        let texts = fields
            .iter()
            .map(|field| document.text_of(field).map(str::to_owned));
        Some((texts.collect::<Option<Vec<_>>>()?, document.id().to_owned()))
    };
    unit.read_of(of).filter_map(name).collect()
}

/// The document of a row, with nothing in its arrays yet.
fn document(table: &'static Table, of: Collection, row: &Record) -> Result<Document, StorageError> {
    let new = Document::new(&id(table, row));
    let cells = table.columns.iter().zip(row.cells());
    let document = cells.fold(new, |document, (column, cell)| match cell {
        Cell::Integer(number) => document.integer(column.name, *number),
        Cell::Text(text) => document.text(column.name, text),
        Cell::Null => document.text_or_null(column.name, None::<&str>),
    });
    let arrays: &[&str] = match of {
        Collection::Credentials => &["digests"],
        Collection::Groups => &["roles"],
        Collection::Roles => &["permissions", "includes", "assignable"],
        Collection::Users => &["emails", "external_ids", "roles", "groups"],
        _ => &[],
    };
    let empty = |document: Document, field: &&str| document.texts(field, [""; 0]);
    let document = arrays.iter().fold(document, empty);
    if of != Collection::Users {
        return Ok(document);
    }
    let details: UserDetails = document.read(of).json_or_default("details")?;
    Ok(document.texts("attributes", attributes(&details)))
}
