use std::io::{self, BufRead, Read};

use anyhow::{Context, Result, bail};
use bytes::Bytes;

/// The most lines of one request.
pub(super) const MAX_LINES: i64 = 10_000;

/// The most bytes of one request, well below what the API takes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The longest line that the API looks at, in bytes.
const MAX_LINE: u64 = 64 * 1024;

/// The most lines of one request that have a password: the API hashes so many, since each takes a
/// while.
const MAX_PASSWORDS: usize = 50;

/// Some lines of a file, for one request.
#[derive(Default)]
pub(super) struct Chunk {
    body: Vec<u8>,
    /// The number of each line in the file, from 1.
    numbers: Vec<u64>,
    passwords: usize,
}

impl Chunk {
    pub(super) fn body(&self) -> Bytes {
        Bytes::copy_from_slice(&self.body)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.body.len() as u64
    }

    pub(super) fn first_line(&self) -> u64 {
        self.numbers.first().copied().unwrap_or_default()
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The number in the file of the line that has number `line`, from 1, in the request.
    pub(super) fn number(&self, line: usize) -> Option<u64> {
        self.numbers.get(line.checked_sub(1)?).copied()
    }

    fn has_room_for(&self, line: &Line, most: usize) -> bool {
        let passwords = self.passwords + usize::from(line.has_password());
        self.numbers.is_empty()
            || (self.numbers.len() < most
                && self.body.len() + line.text.len() <= MAX_BYTES
                && passwords <= MAX_PASSWORDS)
    }

    fn push(&mut self, line: &Line) {
        self.passwords += usize::from(line.has_password());
        self.body.extend_from_slice(&line.text);
        self.body.push(b'\n');
        self.numbers.push(line.number);
    }
}

struct Line {
    number: u64,
    text: Vec<u8>,
}

impl Line {
    /// Whether it looks as if there is a password in it; to err makes a smaller request.
    fn has_password(&self) -> bool {
        let name = b"\"password\"";
        self.text.windows(name.len()).any(|part| part == name)
    }
}

/// The lines of a file that are not blank, in parts that the API takes. A part is read when it is
/// asked for.
pub(super) struct Chunks<R> {
    input: R,
    most: usize,
    read: u64,
    /// A line that there was no room for.
    held: Option<Line>,
}

impl<R: BufRead> Chunks<R> {
    pub(super) fn new(input: R, lines: u32) -> Self {
        Self {
            input,
            most: usize::try_from(lines).unwrap_or(usize::MAX),
            read: 0,
            held: None,
        }
    }

    fn chunk(&mut self) -> Result<Option<Chunk>> {
        let mut chunk = Chunk::default();
        while let Some(line) = self.line()? {
            if !chunk.has_room_for(&line, self.most) {
                self.held = Some(line);
                break;
            }
            chunk.push(&line);
        }
        Ok((chunk.len() > 0).then_some(chunk))
    }

    fn line(&mut self) -> Result<Option<Line>> {
        if let Some(line) = self.held.take() {
            return Ok(Some(line));
        }
        loop {
            let mut text = Vec::new();
            let read = self.read_line(&mut text).context("cannot read the file")?;
            if read == 0 {
                return Ok(None);
            }
            self.read += 1;
            if text.len() as u64 > MAX_LINE {
                bail!(
                    "line {} is longer than {MAX_LINE} bytes: are there lines of JSON in it?",
                    self.read
                );
            }
            let trimmed = text.trim_ascii();
            if !trimmed.is_empty() {
                let (number, text) = (self.read, trimmed.to_vec());
                return Ok(Some(Line { number, text }));
            }
        }
    }

    /// Reads a line, or its beginning if it is too long.
    fn read_line(&mut self, text: &mut Vec<u8>) -> io::Result<usize> {
        let mut bounded = self.input.by_ref().take(MAX_LINE + 2);
        bounded.read_until(b'\n', text)
    }
}

impl<R: BufRead> Iterator for Chunks<R> {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunk().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Chunks};

    fn chunks(text: &str, lines: u32) -> Vec<Chunk> {
        Chunks::new(text.as_bytes(), lines)
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn blank_lines_are_left_out_and_still_count() {
        let found = chunks("{}\n\n  \r\n[]\r\n{}", 2);
        let bodies: Vec<_> = found
            .iter()
            .map(|c| String::from_utf8(c.body.clone()).unwrap())
            .collect();
        assert_eq!(bodies, ["{}\n[]\n", "{}\n"]);
        assert_eq!((found[0].number(1), found[0].number(2)), (Some(1), Some(4)));
        assert_eq!((found[1].first_line(), found[1].number(2)), (5, None));
        assert!(chunks("\n\n", 2).is_empty());
    }

    #[test]
    fn a_request_has_no_more_passwords_and_bytes_than_the_api_takes() {
        let found = chunks(&"{\"password\": \"x\"}\n".repeat(120), 1000);
        assert_eq!(
            found.iter().map(Chunk::len).collect::<Vec<_>>(),
            [50, 50, 20]
        );
        let long = format!("{{\"a\": \"{}\"}}\n", "x".repeat(60_000));
        let found = chunks(&long.repeat(200), 1000);
        assert_eq!(found.iter().map(Chunk::len).collect::<Vec<_>>(), [139, 61]);
    }

    #[test]
    fn a_line_without_end_is_not_read_to_its_end() {
        let endless = std::io::BufReader::new(std::io::repeat(b'x'));
        let error = Chunks::new(endless, 2)
            .next()
            .unwrap()
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.starts_with("line 1 is longer than 65536 bytes"),
            "{error}"
        );
    }
}
