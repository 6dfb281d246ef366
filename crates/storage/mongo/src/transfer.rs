//! Rows of logical tables, out of documents and into them.
//!
//! A row of most tables is a document of the collection of the same name ([`rows`]); the others are
//! what is in the arrays of one ([`parts`]).

mod parts;
mod rows;

use async_trait::async_trait;
use iam_storage_ports::{Cell, Column, Kind, Record, StorageError, Table, Transfer};
use serde_json::{Value, json};

use self::parts::Part;
use crate::{
    collection::Collection, command::Filter, connection::internal, document::Document,
    storage::MongoStorage,
};

/// How many bytes of rows go into one unit of work. More go into several, one after the other.
const BYTES: usize = 1024 * 1024;

#[async_trait(?Send)]
impl Transfer for MongoStorage {
    async fn export(
        &self,
        table: &'static Table,
        after: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Record>, StorageError> {
        match Part::of(table) {
            Some(part) => part.export(self, table, after, limit).await,
            None => rows::export(self, table, after, limit).await,
        }
    }

    async fn import(&self, table: &'static Table, rows: &[Record]) -> Result<(), StorageError> {
        for rows in chunks(rows) {
            match Part::of(table) {
                Some(part) => part.import(self, table, rows).await?,
                None => rows::import(self, table, rows).await?,
            }
        }
        Ok(())
    }

    async fn count(&self, table: &'static Table) -> Result<u64, StorageError> {
        match Part::of(table) {
            Some(part) => part.count(self, table).await,
            None => self.count(collection(table)?, there(table)).await,
        }
    }
}

/// `rows` in parts of [`BYTES`], but for a row that is larger by itself.
fn chunks(rows: &[Record]) -> Vec<&[Record]> {
    let size = |row: &Record| {
        let cells = row.cells().iter();
        let sizes = cells.map(|cell| match cell {
            Cell::Text(text) => text.len() + 32,
            Cell::Integer(_) | Cell::Null => 32,
        });
        sizes.sum::<usize>()
    };
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (end, row) in rows.iter().enumerate() {
        bytes += size(row);
        if bytes > BYTES && end > start {
            chunks.extend(rows.get(start..end));
            (start, bytes) = (end, size(row));
        }
    }
    chunks.extend(rows.get(start..).filter(|rest| !rest.is_empty()));
    chunks
}

/// The collection of the same name.
fn collection(table: &Table) -> Result<Collection, StorageError> {
    let mut all = Collection::ALL.iter();
    let found = all.find(|of| of.name() == table.name);
    found.copied().ok_or_else(|| internal("no such table"))
}

/// What is not but the mark of a row that was removed.
fn there(table: &Table) -> Filter {
    let first = table.columns.first().map_or("_id", |column| column.name);
    Filter::all().and(first, json!({ "$gt": "" }))
}

/// Only documents whose `fields` come after `values`, in this order.
fn after(fields: &[&'static str], values: &[String]) -> Filter {
    let places = 0..fields.len().min(values.len());
    let from = |place: usize| {
        let equal = fields.iter().zip(values).take(place);
        let equal = equal.fold(Filter::all(), |filter, (field, value)| {
            filter.has(field, value)
        });
        let (field, value) = (fields.get(place)?, values.get(place)?);
        Some(equal.and(field, json!({ "$gt": value })))
    };
    Filter::all().any(places.filter_map(from))
}

/// The cell of a column in a document.
fn cell(document: &Document, column: &Column) -> Cell {
    let cell = match column.kind {
        Kind::Integer => document.number(column.name).map(Cell::Integer),
        Kind::Text => document
            .text_of(column.name)
            .map(|text| Cell::Text(text.to_owned())),
    };
    cell.unwrap_or(Cell::Null)
}

/// A text in a row, which is there as the row fits its table.
fn text(row: &Record, at: usize) -> &str {
    match row.cells().get(at) {
        Some(Cell::Text(text)) => text,
        _ => "",
    }
}

/// The texts of a list in JSON; two in an address that is a pair.
fn pair_of(text: &str) -> Option<(String, String)> {
    match serde_json::from_str(text).ok()? {
        Value::Array(both) => match both.as_slice() {
            [Value::String(one), Value::String(other)] => Some((one.clone(), other.clone())),
            _ => None,
        },
        _ => None,
    }
}
