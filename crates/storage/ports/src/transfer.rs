mod tables;

use std::fmt;

use async_trait::async_trait;

pub use self::tables::{Column, Kind, TABLES, Table};
use crate::StorageError;

/// All that a database holds, as rows of logical tables, for moving an installation into another
/// one. Every engine has these tables, however it keeps them.
///
/// It is no part of [`Storage`](crate::Storage), so that no use case can ask for everything:
/// password hashes and sealed secrets come and go here. It is for a tool of the operator, while
/// nothing else writes.
#[async_trait(?Send)]
pub trait Transfer {
    /// The rows of `table` whose key comes after `after`, at most `limit` of them, in the order of
    /// their keys, column by column and byte by byte. Fewer than `limit` are the last.
    async fn export(
        &self,
        table: &'static Table,
        after: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Record>, StorageError>;

    /// Adds rows to `table`, all or none. A row that is there already as it is stays.
    /// [`AlreadyExists`](StorageError::AlreadyExists) if there is one with the same key and another
    /// content, or one that has a unique name of it; [`NotFound`](StorageError::NotFound) if an
    /// engine that knows what refers to what misses what a row refers to.
    ///
    /// Within one table a row may come before the one that its [`Table::parent`] names. It is added
    /// without it then, and completed when it comes again: who has imported all rows of such a
    /// table twice has imported them.
    async fn import(&self, table: &'static Table, rows: &[Record]) -> Result<(), StorageError>;

    /// How many rows `table` has.
    async fn count(&self, table: &'static Table) -> Result<u64, StorageError>;
}

/// The cells of a row, in the order of its table's columns.
#[derive(Clone, Eq, PartialEq)]
pub struct Record(Vec<Cell>);

impl Record {
    /// A row of `table`; `None` if it cannot be one: another number of cells, or one of a kind that
    /// its column does not hold.
    #[must_use]
    pub fn new(table: &Table, cells: Vec<Cell>) -> Option<Self> {
        let fit = cells.len() == table.columns.len()
            && table
                .columns
                .iter()
                .zip(&cells)
                .all(|(c, cell)| c.holds(cell));
        fit.then_some(Self(cells))
    }

    /// Its cells.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.0
    }

    /// The texts of its key, which is that of `table`.
    #[must_use]
    pub fn key(&self, table: &Table) -> Vec<String> {
        let key = self.0.iter().take(table.key);
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            // No table has such a key.
            Cell::Integer(_) | Cell::Null => String::new(),
        };
        key.map(text).collect()
    }

    /// The same row without what it refers to in its own table.
    #[must_use]
    pub fn without_parent(&self, table: &Table) -> Self {
        let mut row = self.clone();
        if let Some(cell) = table.parent.and_then(|at| row.0.get_mut(at)) {
            *cell = Cell::Null;
        }
        row
    }
}

/// Says how many cells there are, and nothing of them.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({} cells)", self.0.len())
    }
}

/// What is in one column of one row.
#[derive(Clone, Eq, PartialEq)]
pub enum Cell {
    /// A number, a time in milliseconds, or 0 and 1 for false and true.
    Integer(i64),
    /// Nothing.
    Null,
    /// A text.
    Text(String),
}

/// Says of what kind it is only: it may be a password hash.
impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer(_) => "Integer(…)",
            Self::Null => "Null",
            Self::Text(_) => "Text(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Cell, Record, TABLES, Table};

    fn table(name: &str) -> &'static Table {
        TABLES.iter().find(|table| table.name == name).unwrap()
    }

    fn cells() -> Vec<Cell> {
        let text = |text: &str| Cell::Text(text.to_owned());
        vec![text("t"), text("hunter2"), text("u")]
    }

    #[test]
    fn debug_output_hides_the_cells() {
        let row = Record::new(table("recovery_codes"), cells()).unwrap();
        let shown = format!("{row:?} {:?}", row.cells());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_row_has_the_cells_that_its_table_holds() {
        let codes = table("recovery_codes");
        assert!(Record::new(codes, cells()).is_some());
        assert!(Record::new(codes, cells()[1..].to_vec()).is_none());
        for wrong in [Cell::Null, Cell::Integer(1)] {
            let mut cells = cells();
            cells[1] = wrong;
            assert!(Record::new(codes, cells).is_none());
        }
    }

    #[test]
    fn a_table_comes_once_and_begins_with_a_key_of_texts() {
        let names: BTreeSet<_> = TABLES.iter().map(|table| table.name).collect();
        assert_eq!(names.len(), TABLES.len());
        for table in TABLES {
            assert!((1..=3).contains(&table.key), "{}", table.name);
            let key = &table.columns[..table.key];
            assert!(key.iter().all(super::Column::is_key), "{}", table.name);
        }
    }

    #[test]
    fn a_row_without_its_parent_has_all_else() {
        let groups = table("tenant_groups");
        let parent = groups.parent.unwrap();
        assert_eq!(groups.columns[parent].name, "parent_id");
        let cells: Vec<_> = groups
            .columns
            .iter()
            .map(|column| match column.kind {
                super::Kind::Integer => Cell::Integer(1),
                super::Kind::Text => Cell::Text("x".to_owned()),
            })
            .collect();
        let row = Record::new(groups, cells.clone()).unwrap();
        let other = row.without_parent(groups);
        for (at, (cell, had)) in other.cells().iter().zip(&cells).enumerate() {
            assert_eq!(cell == had, at != parent);
        }
    }
}
