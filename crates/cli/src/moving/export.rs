use std::{path::PathBuf, rc::Rc};

use anyhow::{Result, ensure};
use clap::Args;
use iam_host_native::NativePlatform;
use iam_platform::Platform;
use iam_storage_ports::{TABLES, Transfer};

use super::{
    index::Index,
    output::{self, Output},
    pages::Pages,
    verify,
};
use crate::{
    console::say,
    database::{Database, Opened, readable},
    progress::Progress,
};

/// What is exported, and where to.
#[derive(Args)]
pub(crate) struct Options {
    /// The file to write. Password hashes and sealed secrets will be in it: only you can read it.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Go on with an export to this file that broke off.
    #[arg(long, conflicts_with = "verify")]
    resume: bool,
    /// Write nothing: say whether the file, which is whole, has what the database has.
    #[arg(long)]
    verify: bool,
}

impl Options {
    pub(crate) async fn run(self) -> Result<()> {
        let opened = self.database.open_existing().await?;
        let outcome = self.export(&opened).await;
        opened.close().await;
        outcome
    }

    async fn export(&self, opened: &Opened) -> Result<()> {
        opened.storage.ping().await.map_err(readable)?;
        if self.verify {
            let index = Index::read(&self.file)?;
            return verify::run(&opened.transfer, &index).await;
        }
        let now = NativePlatform::default().now();
        let mut output = Output::open(&self.file, self.resume, &output::head(now))?;
        let total = count(&opened.transfer).await?;
        let mut progress = Progress::new(Some(total));
        if output.rows() > 0 {
            let message = format!("going on after {} rows", output.rows());
            progress.advance(message, output.rows(), now);
        }
        for table in TABLES.iter().skip(output.ends.len()) {
            let after = output.begin_table(table)?;
            let mut pages = Pages::new(&opened.transfer, table, after);
            while let Some(row) = pages.next().await? {
                output.row(&row)?;
                let message = format!("{} of {total} rows, {}", output.rows(), table.name);
                progress.advance(message, 1, NativePlatform::default().now());
            }
            output.end_table()?;
        }
        progress.finish();
        let rows = output.finish()?;
        let file = self.file.display();
        say(format!(
            "exported {rows} rows to {file}: whoever can read it has the password hashes"
        ));
        ensure!(
            rows == total && count(&opened.transfer).await? == total,
            "rows came or went meanwhile: let nothing write, and export again"
        );
        Ok(())
    }
}

/// How many rows there are.
async fn count(transfer: &Rc<dyn Transfer>) -> Result<u64> {
    let mut total = 0;
    for table in TABLES {
        total += transfer.count(table).await.map_err(readable)?;
    }
    Ok(total)
}
