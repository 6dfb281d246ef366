use std::{
    fs::{self, File, OpenOptions},
    io::{BufReader, BufWriter, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use iam_storage_ports::{Record, TABLES, Table};

use super::{
    digest::Digest,
    index::Part,
    line::{self, End, Mark, VERSION},
};
use crate::failure::Failure;

/// An export that is being written. It has another name until it is whole.
pub(super) struct Output {
    out: BufWriter<File>,
    unfinished: PathBuf,
    file: PathBuf,
    /// The tables that are in it.
    pub(super) ends: Vec<End>,
    /// The table that is being written, and the key of its last row.
    pub(super) open: Option<(&'static Table, Digest, Option<Vec<String>>)>,
}

impl Output {
    /// Begins a new export, or goes on with one that broke off if `resume` is said.
    pub(super) fn open(file: &Path, resume: bool, head: &Mark) -> Result<Self> {
        let shown = file.display();
        let mut name = file.as_os_str().to_owned();
        name.push(".part");
        let unfinished = PathBuf::from(name);
        if file.exists() {
            return Err(
                Failure::usage(format!("{shown} is there already: name another file")).into(),
            );
        }
        match (unfinished.exists(), resume) {
            (true, false) => {
                let text = format!(
                    "an export to {shown} broke off: say --resume to go on with it, or remove {}",
                    unfinished.display()
                );
                Err(Failure::usage(text).into())
            }
            (true, true) => Self::go_on(file, unfinished),
            (false, true) => Err(Failure::usage(format!("no export to {shown} broke off")).into()),
            (false, false) => Self::begin(file, unfinished, head),
        }
    }

    fn begin(file: &Path, unfinished: PathBuf, head: &Mark) -> Result<Self> {
        // Only its owner may read it: it holds what the database holds.
        let mut options = OpenOptions::new();
        let out = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished);
        let out = out.with_context(|| format!("cannot write {}", unfinished.display()))?;
        let mut output = Self {
            out: BufWriter::new(out),
            unfinished,
            file: file.to_owned(),
            ends: Vec::new(),
            open: None,
        };
        output.mark(head)?;
        // Whatever breaks off from here on can be gone on with.
        output.flush()?;
        Ok(output)
    }

    fn go_on(file: &Path, unfinished: PathBuf) -> Result<Self> {
        let shown = unfinished.display();
        let out = OpenOptions::new().read(true).write(true).open(&unfinished);
        let mut out = out.with_context(|| format!("cannot write {shown}"))?;
        let part = Part::read(&mut BufReader::new(&out));
        let part = part.with_context(|| format!("{shown} cannot be gone on with: remove it"))?;
        out.set_len(part.length)?;
        out.seek(SeekFrom::End(0))?;
        Ok(Self {
            out: BufWriter::new(out),
            unfinished,
            file: file.to_owned(),
            ends: part.tables.into_iter().map(|entry| entry.end).collect(),
            open: part.open,
        })
    }

    pub(super) fn rows(&self) -> u64 {
        let ended: u64 = self.ends.iter().map(|end| end.rows).sum();
        ended + self.open.as_ref().map_or(0, |(_, digest, _)| digest.rows)
    }

    /// Begins `table`, unless it was, and gives the key of its last row.
    pub(super) fn begin_table(&mut self, table: &'static Table) -> Result<Option<Vec<String>>> {
        if let Some((_, _, last)) = &self.open {
            return Ok(last.clone());
        }
        self.mark(&Mark::begin(table))?;
        self.open = Some((table, Digest::default(), None));
        Ok(None)
    }

    pub(super) fn row(&mut self, record: &Record) -> Result<()> {
        let line = line::row(record)?;
        if let Some((_, digest, _)) = &mut self.open {
            digest.add(&line);
        }
        self.write(&line)
    }

    pub(super) fn end_table(&mut self) -> Result<()> {
        let (table, digest, _) = self.open.take().context("no table was begun")?;
        let end = digest.end(table);
        self.mark(&Mark::End(end.clone()))?;
        self.ends.push(end);
        self.flush()
    }

    /// Makes it whole and gives it its name.
    pub(super) fn finish(mut self) -> Result<u64> {
        ensure!(self.ends.len() == TABLES.len(), "tables are missing");
        let rows = self.rows();
        self.mark(&Mark::Complete {
            tables: self.ends.len() as u64,
            rows,
        })?;
        let mut write = || {
            self.out.flush()?;
            self.out.get_ref().sync_all()?;
            fs::rename(&self.unfinished, &self.file)
        };
        write().with_context(|| format!("cannot write {}", self.file.display()))?;
        Ok(rows)
    }

    fn flush(&mut self) -> Result<()> {
        let flushed = self.out.flush();
        flushed.with_context(|| format!("cannot write {}", self.unfinished.display()))
    }

    fn mark(&mut self, mark: &Mark) -> Result<()> {
        let mut line = serde_json::to_vec(mark)?;
        line.push(b'\n');
        self.write(&line)
    }

    fn write(&mut self, line: &[u8]) -> Result<()> {
        let written = self.out.write_all(line);
        written.with_context(|| format!("cannot write {}", self.unfinished.display()))
    }
}

/// The first line of an export that is made now.
pub(super) fn head(now: iam_model::Timestamp) -> Mark {
    Mark::Installation {
        version: VERSION,
        made_by: concat!("iam ", env!("CARGO_PKG_VERSION")).to_owned(),
        created_at: now,
    }
}
