//! What a client asks: a LOGIN7, a batch, or a call of `sp_executesql`.

use rusqlite::types::Value;

/// Who logs in, and where ([MS-TDS] 2.2.6.4).
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) database: String,
}

impl Login {
    pub(crate) fn read(data: &[u8]) -> Self {
        let at = |place: usize| usize::from(u16::from_le_bytes([data[place], data[place + 1]]));
        let bytes = |place: usize| {
            let (start, units) = (at(place), at(place + 2));
            data[start..start + 2 * units].to_vec()
        };
        // Each byte of a password has its halves swapped and some bits turned.
        let clear = |byte: u8| (byte ^ 0xa5).rotate_left(4);
        let password = bytes(44).into_iter().map(clear).collect::<Vec<_>>();
        Self {
            user: text(&bytes(40)),
            password: text(&password),
            database: text(&bytes(68)),
        }
    }
}

/// The text of a batch ([MS-TDS] 2.2.6.7).
pub(crate) fn batch(data: &[u8]) -> String {
    text(after_headers(data))
}

/// The statement and the parameters of a call of `sp_executesql` ([MS-TDS] 2.2.6.6).
pub(crate) fn call(data: &[u8]) -> (String, Vec<Value>) {
    let mut reader = Reader(after_headers(data));
    assert_eq!(
        reader.take(4),
        [0xff, 0xff, 10, 0],
        "sp_executesql by number"
    );
    let _options = reader.take(2);
    let (_, statement) = reader.parameter();
    let Value::Text(statement) = statement else {
        panic!("a statement is text");
    };
    let mut values = Vec::new();
    if !reader.0.is_empty() {
        let (_, declared) = reader.parameter();
        let Value::Text(declared) = declared else {
            panic!("a declaration is text");
        };
        while !reader.0.is_empty() {
            let (name, value) = reader.parameter();
            values.push(value);
            assert_eq!(name, format!("@P{}", values.len()));
            assert!(declared.contains(&name), "{name} is declared: {declared}");
        }
    }
    (statement, values)
}

/// What follows the headers that all requests have ([MS-TDS] 2.2.5.3).
fn after_headers(data: &[u8]) -> &[u8] {
    let length = u32::from_le_bytes(data[..4].try_into().unwrap());
    &data[length as usize..]
}

fn text(bytes: &[u8]) -> String {
    let units = bytes
        .chunks(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    String::from_utf16(&units.collect::<Vec<_>>()).unwrap()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self, bytes: usize) -> u64 {
        let bytes = self.take(bytes).iter().rev();
        bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn length(&mut self, bytes: usize) -> usize {
        usize::try_from(self.number(bytes)).unwrap()
    }

    /// A name, a status, a type and a value.
    fn parameter(&mut self) -> (String, Value) {
        let units = self.length(1);
        let name = text(self.take(2 * units));
        let _status = self.take(1);
        let value = match self.take(1) {
            // INTN
            [0x26] => {
                let _size = self.take(1);
                match self.length(1) {
                    0 => Value::Null,
                    8 => Value::Integer(self.number(8).cast_signed()),
                    other => panic!("an integer of {other} bytes"),
                }
            }
            // NVARCHAR: its size, and the five bytes of its collation.
            [0xe7] => {
                let size = self.length(2);
                let _collation = self.take(5);
                let bytes = if size == 0xffff {
                    self.chunks()
                } else {
                    match self.length(2) {
                        0xffff => None,
                        length => Some(self.take(length).to_vec()),
                    }
                };
                bytes.map_or(Value::Null, |bytes| Value::Text(text(&bytes)))
            }
            // NULLTYPE
            [0x1f] => Value::Null,
            kind => panic!("a parameter of type {kind:?}"),
        };
        (name, value)
    }

    /// A value in chunks ([MS-TDS] 2.2.5.2.3).
    fn chunks(&mut self) -> Option<Vec<u8>> {
        if self.number(8) == u64::MAX {
            return None;
        }
        let mut bytes = Vec::new();
        loop {
            match self.length(4) {
                0 => return Some(bytes),
                length => bytes.extend(self.take(length)),
            }
        }
    }
}
