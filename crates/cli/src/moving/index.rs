use std::{
    fs::File,
    io::{BufRead, BufReader, Seek, SeekFrom},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use iam_storage_ports::{Record, TABLES, Table};

use super::{
    digest::Digest,
    line::{self, End, Line, Mark, VERSION},
};

/// An export that is whole: what is in it, and where.
pub(super) struct Index {
    input: BufReader<File>,
    pub(super) tables: Vec<Entry>,
}

/// A table in an export.
pub(super) struct Entry {
    pub(super) table: &'static Table,
    /// Where its first row begins.
    begins: u64,
    pub(super) end: End,
}

/// A part of an export, as far as it goes.
#[derive(Default)]
pub(super) struct Part {
    pub(super) tables: Vec<Entry>,
    /// The table that has not ended: what there is of it, and the key of its last row.
    pub(super) open: Option<(&'static Table, Digest, Option<Vec<String>>)>,
    /// Where the next line goes.
    pub(super) length: u64,
    begins: u64,
    is_complete: bool,
    has_head: bool,
}

impl Part {
    /// What is in `input`; a line at its end that was not finished is no part of it.
    pub(super) fn read(input: &mut impl BufRead) -> Result<Self> {
        let mut part = Self::default();
        let mut text = Vec::new();
        for number in 1_u64.. {
            text.clear();
            let length = input.read_until(b'\n', &mut text)?;
            if text.last() != Some(&b'\n') {
                break;
            }
            part.length += length as u64;
            part.add(&text).with_context(|| format!("line {number}"))?;
        }
        ensure!(part.has_head, "it is empty");
        Ok(part)
    }

    fn add(&mut self, text: &[u8]) -> Result<()> {
        ensure!(!self.is_complete, "something comes after the end");
        match Line::read(text)? {
            Line::Row => self.row(text),
            Line::Mark(Mark::Installation { version, .. }) if !self.has_head => {
                ensure!(
                    version == VERSION,
                    "it is of format {version}, and this is {VERSION}"
                );
                self.has_head = true;
                Ok(())
            }
            Line::Mark(Mark::Table { name, columns }) if self.open.is_none() && self.has_head => {
                let table = line::table(self.tables.len(), &name, &columns)?;
                self.open = Some((table, Digest::default(), None));
                self.begins = self.length;
                Ok(())
            }
            Line::Mark(Mark::End(end)) => self.end(end),
            Line::Mark(Mark::Complete { tables, rows }) if self.open.is_none() => {
                let here: u64 = self.tables.iter().map(|entry| entry.end.rows).sum();
                let all = self.tables.len() == TABLES.len();
                let same = (tables, rows) == (TABLES.len() as u64, here);
                ensure!(all && same, "tables or rows are missing before it");
                self.is_complete = true;
                Ok(())
            }
            Line::Mark(_) => bail!("it does not belong here"),
        }
    }

    fn row(&mut self, text: &[u8]) -> Result<()> {
        let open = self.open.as_mut();
        let (table, digest, last) = open.context("a row that is of no table")?;
        let key = line::record(table, text)?.key(table);
        let is_next = last.as_ref().is_none_or(|last| *last < key);
        ensure!(is_next, "its key does not come after the one before");
        *last = Some(key);
        digest.add(text);
        Ok(())
    }

    fn end(&mut self, end: End) -> Result<()> {
        let (table, digest, _) = self.open.take().context("no table ends here")?;
        ensure!(
            digest.end(table) == end,
            "the rows of {} were changed",
            table.name
        );
        self.tables.push(Entry {
            table,
            begins: self.begins,
            end,
        });
        Ok(())
    }
}

impl Index {
    /// Reads all of `file`, and makes sure that it is whole.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let shown = file.display();
        let input = File::open(file).with_context(|| format!("cannot read {shown}"))?;
        let mut input = BufReader::new(input);
        let part = Part::read(&mut input);
        let part = part.with_context(|| format!("{shown} is damaged, or no export"))?;
        let length = input.get_ref().metadata()?.len();
        ensure!(
            part.is_complete && part.length == length,
            "{shown} is not whole: its end is missing"
        );
        let tables = part.tables;
        Ok(Self { input, tables })
    }

    pub(super) fn rows(&self) -> u64 {
        self.tables.iter().map(|entry| entry.end.rows).sum()
    }

    /// The rows of the table at `place`.
    pub(super) fn records(
        &mut self,
        place: usize,
    ) -> Result<impl Iterator<Item = Result<Record>> + '_> {
        let entry = self.tables.get(place).context("there is no such table")?;
        let (table, rows) = (entry.table, entry.end.rows);
        self.input.seek(SeekFrom::Start(entry.begins))?;
        let input = &mut self.input;
        let mut text = Vec::new();
        Ok((0..rows).map(move |_| {
            text.clear();
            input.read_until(b'\n', &mut text)?;
            line::record(table, &text)
        }))
    }
}
