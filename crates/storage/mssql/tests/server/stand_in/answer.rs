//! What is answered: tokens ([MS-TDS] 2.2.7).

use rusqlite::types::Value;

use super::engine::{self, Column};

const MORE: u16 = 0x01;
const ERROR: u16 = 0x02;
const COUNT: u16 = 0x10;

/// The order of texts, as SQL Server calls `Latin1_General_100_BIN2`.
const COLLATION: [u8; 5] = [0x09, 0x04, 0x00, 0x02, 0x00];

/// The tokens of an answer.
#[derive(Default)]
pub(crate) struct Answer(pub(crate) Vec<u8>);

impl Answer {
    /// The login is good.
    pub(crate) fn welcome(database: &str) -> Self {
        let mut answer = Self::default();
        answer.change(1, &short(database), &short("master"));
        let mut data = vec![1, 0x74, 0, 0, 4];
        data.extend(short("stand-in"));
        data.extend([16, 0, 0, 0]);
        answer.token(0xad, &data);
        answer.done(0xfd, 0, 0);
        answer
    }

    /// The state of the session has changed (ENVCHANGE).
    pub(crate) fn change(&mut self, kind: u8, new: &[u8], old: &[u8]) {
        self.token(0xe3, &[&[kind][..], new, old].concat());
    }

    /// An error, whose text quotes a value as those of SQL Server do.
    pub(crate) fn error(&mut self, number: u32) {
        let mut data = number.to_le_bytes().to_vec();
        data.extend([1, 14]);
        data.extend(long("The duplicate key value is (hunter2)."));
        data.extend(short("stand-in"));
        data.extend(short(""));
        data.extend(1_u32.to_le_bytes());
        self.token(0xaa, &data);
    }

    /// The end of a batch.
    pub(crate) fn end_of_batch(&mut self, failed: bool) {
        self.done(0xfd, if failed { ERROR } else { 0 }, 0);
    }

    /// What a called statement gave.
    pub(crate) fn result(&mut self, result: &engine::Answer) {
        if !result.columns.is_empty() {
            let kinds: Vec<_> = (0..result.columns.len())
                .map(|at| Kind::of(&result.columns[at], result.rows.iter().map(|row| &row[at])))
                .collect();
            self.columns(&result.columns, &kinds);
            for row in &result.rows {
                self.0.push(0xd1);
                for (kind, value) in kinds.iter().zip(row) {
                    kind.write(value, &mut self.0);
                }
            }
        }
        let counted = if result.columns.is_empty() {
            result.changed
        } else {
            result.rows.len() as u64
        };
        self.done(0xff, MORE | COUNT, counted);
        // RETURNSTATUS
        self.0.extend([0x79, 0, 0, 0, 0]);
        self.done(0xfe, 0, 0);
    }

    /// A called statement gave an error.
    pub(crate) fn failure(&mut self, number: u32) {
        self.error(number);
        self.done(0xfe, ERROR, 0);
    }

    fn columns(&mut self, columns: &[Column], kinds: &[Kind]) {
        self.0.push(0x81);
        self.0
            .extend(u16::try_from(columns.len()).unwrap().to_le_bytes());
        for (column, kind) in columns.iter().zip(kinds) {
            // The type of a user: none; nullable.
            self.0.extend([0, 0, 0, 0, 9, 0]);
            kind.describe(&mut self.0);
            // What is no column has no name.
            let name = column.declared.as_ref().map_or("", |_| &column.name);
            self.0.extend(short(name));
        }
    }

    fn token(&mut self, token: u8, data: &[u8]) {
        self.0.push(token);
        self.0
            .extend(u16::try_from(data.len()).unwrap().to_le_bytes());
        self.0.extend(data);
    }

    fn done(&mut self, token: u8, status: u16, count: u64) {
        self.0.push(token);
        self.0.extend(status.to_le_bytes());
        self.0.extend([0, 0]);
        self.0.extend(count.to_le_bytes());
    }
}

/// The type of a column.
#[derive(Clone, Copy)]
enum Kind {
    /// An integer of so many bytes.
    Integer(u8),
    /// A text of so many bytes at most.
    Text(u16),
    /// A text of any length.
    Max,
}

impl Kind {
    fn of<'a>(column: &Column, mut values: impl Iterator<Item = &'a Value>) -> Self {
        let integer = values.any(|value| matches!(value, Value::Integer(_)));
        match column.declared.as_deref() {
            Some("smallint") => Self::Integer(2),
            Some("bigint") => Self::Integer(8),
            Some("nvarchar") => Self::Max,
            Some(declared) => {
                let length = declared.strip_prefix("nvarchar(").expect(declared);
                let length: u16 = length.trim_end_matches(')').parse().unwrap();
                Self::Text(2 * length)
            }
            // A count is an `int`.
            None if integer && column.name.contains("count(") => Self::Integer(4),
            None if integer => Self::Integer(8),
            None => Self::Max,
        }
    }

    fn describe(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Integer(size) => bytes.extend([0x26, size]),
            Self::Text(size) => {
                bytes.push(0xe7);
                bytes.extend(size.to_le_bytes());
                bytes.extend(COLLATION);
            }
            Self::Max => {
                bytes.extend([0xe7, 0xff, 0xff]);
                bytes.extend(COLLATION);
            }
        }
    }

    fn write(self, value: &Value, bytes: &mut Vec<u8>) {
        match (self, value) {
            (Self::Integer(_), Value::Null) => bytes.push(0),
            (Self::Integer(size), Value::Integer(number)) => {
                bytes.push(size);
                bytes.extend(&number.to_le_bytes()[..usize::from(size)]);
            }
            (Self::Text(_), Value::Null) => bytes.extend([0xff, 0xff]),
            (Self::Text(size), Value::Text(text)) => {
                let text = utf16(text);
                assert!(text.len() <= usize::from(size), "a text that does not fit");
                bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
                bytes.extend(text);
            }
            (Self::Max, Value::Null) => bytes.extend([0xff; 8]),
            (Self::Max, Value::Text(text)) => {
                let text = utf16(text);
                bytes.extend((text.len() as u64).to_le_bytes());
                // In chunks, as SQL Server sends what is long.
                for chunk in text.chunks(4000) {
                    bytes.extend(u32::try_from(chunk.len()).unwrap().to_le_bytes());
                    bytes.extend(chunk);
                }
                bytes.extend([0; 4]);
            }
            (_, value) => panic!("{value:?} in a column of another type"),
        }
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A text after its length in one byte.
pub(crate) fn short(text: &str) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(text.encode_utf16().count()).unwrap()];
    bytes.extend(utf16(text));
    bytes
}

/// A text after its length in two bytes.
fn long(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.encode_utf16().count())
        .unwrap()
        .to_le_bytes()
        .to_vec();
    bytes.extend(utf16(text));
    bytes
}
