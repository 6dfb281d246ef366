use std::{path::PathBuf, rc::Rc};

use anyhow::{Context, Result, bail};
use clap::Args;
use iam_host_native::NativePlatform;
use iam_platform::Platform;
use iam_storage_ports::{Record, StorageError, TABLES, Table, Transfer};

use super::{index::Index, pages::Pages, verify};
use crate::{
    console::say,
    database::{Database, Opened, readable},
    failure::Failure,
    progress::Progress,
};

/// How many rows, and about how many bytes of text, are sent at once.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;

/// What is imported, and where to.
#[derive(Args)]
pub(crate) struct Options {
    /// A file that `iam export` has written.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Go on with an import of this file that broke off.
    #[arg(long)]
    resume: bool,
}

impl Options {
    pub(crate) async fn run(self) -> Result<()> {
        // It is looked through before anything is touched.
        let index = Index::read(&self.file)?;
        let opened = self.database.open().await?;
        let outcome = self.import(&opened, index).await;
        opened.close().await;
        outcome
    }

    async fn import(&self, opened: &Opened, mut index: Index) -> Result<()> {
        opened.storage.migrate().await.map_err(readable)?;
        if !self.resume {
            refuse_unless_empty(&opened.transfer).await?;
        }
        let mut run = Run {
            transfer: Rc::clone(&opened.transfer),
            progress: Progress::new(Some(index.rows())),
            total: index.rows(),
            done: 0,
        };
        for (place, table) in TABLES.iter().enumerate() {
            let imported = run.table(&mut index, place, table).await;
            imported.with_context(|| format!("cannot import {}", table.name))?;
            if table.parent.is_some() {
                run.complete(&mut index, place, table).await?;
            }
        }
        run.progress.finish();
        say(format!("imported {} rows", run.done));
        verify::run(&opened.transfer, &index).await
    }
}

async fn refuse_unless_empty(transfer: &Rc<dyn Transfer>) -> Result<()> {
    for table in TABLES {
        if transfer.count(table).await.map_err(readable)? > 0 {
            let name = table.name;
            return Err(Failure::usage(format!(
                "the database is not empty: there are rows in {name}. Name an empty one, or say --resume to go on with an import of this file that broke off"
            ))
            .into());
        }
    }
    Ok(())
}

/// An import as far as it is.
struct Run {
    transfer: Rc<dyn Transfer>,
    progress: Progress,
    total: u64,
    done: u64,
}

impl Run {
    /// Imports the rows of a table that are not there. Both sides are in the order of the keys, and
    /// an import that broke off has left the first rows of the file: what is there must be them.
    async fn table(
        &mut self,
        index: &mut Index,
        place: usize,
        table: &'static Table,
    ) -> Result<()> {
        let mut there = Pages::new(&self.transfer, table, None);
        let mut batch = Batch::default();
        for row in index.records(place)? {
            let row = row?;
            if let Some(known) = there.next().await? {
                if known != row && known != row.without_parent(table) {
                    bail!(
                        "the database has other rows than this file: it is no import of it that broke off"
                    );
                }
                self.advance(1, table);
                continue;
            }
            batch.add(row);
            if batch.is_full() {
                self.send(table, &mut batch).await?;
            }
        }
        self.send(table, &mut batch).await?;
        if there.next().await?.is_some() {
            bail!(
                "the database has more rows than this file: it is no import of it that broke off"
            );
        }
        Ok(())
    }

    /// Sends all rows of a table once more, in which rows belong to others of the same table: now
    /// these are there.
    async fn complete(&self, index: &mut Index, place: usize, table: &'static Table) -> Result<()> {
        let mut batch = Batch::default();
        for row in index.records(place)? {
            batch.add(row?);
            if batch.is_full() {
                self.import(table, &batch.rows).await?;
                batch = Batch::default();
            }
        }
        self.import(table, &batch.rows).await
    }

    async fn send(&mut self, table: &'static Table, batch: &mut Batch) -> Result<()> {
        self.import(table, &batch.rows).await?;
        self.advance(batch.rows.len() as u64, table);
        *batch = Batch::default();
        Ok(())
    }

    async fn import(&self, table: &'static Table, rows: &[Record]) -> Result<()> {
        let imported = self.transfer.import(table, rows).await;
        imported.map_err(|error| match error {
            StorageError::AlreadyExists => {
                anyhow::anyhow!("another row with the same key or name is there: something else writes into this database")
            }
            StorageError::NotFound => {
                anyhow::anyhow!("a row refers to one that is not in the file: something wrote while it was exported")
            }
            error => readable(error),
        })
    }

    fn advance(&mut self, rows: u64, table: &Table) {
        self.done += rows;
        let message = format!("{} of {} rows, {}", self.done, self.total, table.name);
        self.progress
            .advance(message, rows, NativePlatform::default().now());
    }
}

/// Rows that are sent at once.
#[derive(Default)]
struct Batch {
    rows: Vec<Record>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, row: Record) {
        let text = |cell: &iam_storage_ports::Cell| match cell {
            iam_storage_ports::Cell::Text(text) => text.len(),
            _ => 8,
        };
        self.bytes += row.cells().iter().map(text).sum::<usize>();
        self.rows.push(row);
    }

    const fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }
}
