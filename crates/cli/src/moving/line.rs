use anyhow::{Context, Result, bail};
use iam_model::Timestamp;
use iam_storage_ports::{Cell, Record, TABLES, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of this format.
pub(super) const VERSION: u32 = 1;

/// A line of the file.
pub(super) enum Line {
    Mark(Mark),
    /// A row of the table that was begun last: an array with its cells.
    Row,
}

/// A line that is an object, with one member.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Mark {
    /// The first line.
    Installation {
        /// [`VERSION`].
        version: u32,
        /// What made it.
        made_by: String,
        /// When it was begun, in milliseconds since the Unix epoch.
        created_at: Timestamp,
    },
    /// The rows of this table follow, with their cells in this order.
    Table { name: String, columns: Vec<String> },
    /// The rows of a table end.
    End(End),
    /// The last line: all tables are there.
    Complete { tables: u64, rows: u64 },
}

/// The end of a table.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct End {
    pub(super) table: String,
    pub(super) rows: u64,
    /// Of the lines of its rows, each with its end of line, in hexadecimal.
    pub(super) sha256: String,
}

impl Mark {
    pub(super) fn begin(table: &Table) -> Self {
        let columns = table.columns.iter().map(|column| column.name.to_owned());
        Self::Table {
            name: table.name.to_owned(),
            columns: columns.collect(),
        }
    }
}

impl Line {
    /// Of which kind the line `text` is.
    pub(super) fn read(text: &[u8]) -> Result<Self> {
        if text.first() == Some(&b'[') {
            return Ok(Self::Row);
        }
        // What the parser says would quote the line.
        let mark = serde_json::from_slice(text).ok();
        Ok(Self::Mark(mark.context("it is no line of an export")?))
    }
}

/// The table that a [`Mark::Table`] begins, which must be the one at `place`.
pub(super) fn table(place: usize, name: &str, columns: &[String]) -> Result<&'static Table> {
    let table = TABLES.get(place).filter(|table| table.name == name);
    let known = table.filter(|t| t.columns.iter().map(|c| c.name).eq(columns.iter()));
    let Some(table) = known else {
        bail!(
            "it is of another version of this program: import it with that one, and bring the database up to date by `iam migrate up`"
        );
    };
    Ok(table)
}

/// The line of a row.
pub(super) fn row(record: &Record) -> Result<Vec<u8>> {
    let cell = |cell: &Cell| match cell {
        Cell::Integer(number) => Value::from(*number),
        Cell::Null => Value::Null,
        Cell::Text(text) => Value::from(text.as_str()),
    };
    let cells: Vec<_> = record.cells().iter().map(cell).collect();
    let mut line = serde_json::to_vec(&cells)?;
    line.push(b'\n');
    Ok(line)
}

/// The row of `table` that is on a line.
pub(super) fn record(table: &Table, line: &[u8]) -> Result<Record> {
    let read = || {
        let cells: Vec<Value> = serde_json::from_slice(line).ok()?;
        let cell = |value| match value {
            Value::Null => Some(Cell::Null),
            Value::Number(number) => number.as_i64().map(Cell::Integer),
            Value::String(text) => Some(Cell::Text(text)),
            Value::Array(_) | Value::Bool(_) | Value::Object(_) => None,
        };
        let cells = cells.into_iter().map(cell).collect::<Option<_>>()?;
        Record::new(table, cells)
    };
    read().with_context(|| format!("it is no row of {}", table.name))
}

#[cfg(test)]
mod tests {
    use iam_storage_ports::{Cell, Record, TABLES};

    use super::{Line, Mark, record, row, table};

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let codes = TABLES.iter().find(|t| t.name == "credentials").unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        let mut cells = vec![text("t"), text("é𠀋\u{1}\"\\\n"), text(""), text("k")];
        cells.extend([
            text("h"),
            Cell::Null,
            Cell::Integer(i64::MIN),
            Cell::Integer(i64::MAX),
        ]);
        let written = Record::new(codes, cells).unwrap();
        let line = row(&written).unwrap();
        let end = line.iter().position(|byte| *byte == b'\n');
        assert_eq!(end, Some(line.len() - 1));
        assert!(record(codes, &line).unwrap() == written);
    }

    #[test]
    fn what_is_no_line_of_an_export_is_refused_and_not_repeated() {
        for text in ["{\"hunter2\":1}", "hunter2", "", "{}"] {
            let error = Line::read(text.as_bytes()).err().unwrap();
            assert!(!format!("{error:#}").contains("hunter2"), "{error:#}");
        }
        let codes = &TABLES[4];
        for line in [
            "[]",
            "[1,2,3]",
            "[\"a\",\"b\",\"c\",\"d\"]",
            "[\"hunter2\",{},1.5]",
            "[",
        ] {
            let error = record(codes, line.as_bytes()).err().unwrap();
            assert!(!format!("{error:#}").contains("hunter2"), "{error:#}");
        }
    }

    #[test]
    fn a_table_has_its_place_and_its_columns() {
        let Mark::Table { name, columns } = Mark::begin(&TABLES[1]) else {
            panic!();
        };
        assert_eq!(table(1, &name, &columns).unwrap(), &TABLES[1]);
        assert!(table(0, &name, &columns).is_err());
        assert!(table(99, &name, &columns).is_err());
        assert!(table(1, &name, &columns[1..]).is_err());
    }
}
