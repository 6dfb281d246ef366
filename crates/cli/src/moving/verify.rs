use std::rc::Rc;

use anyhow::{Result, bail};
use iam_host_native::NativePlatform;
use iam_platform::Platform;
use iam_storage_ports::Transfer;

use super::{digest::Digest, index::Index, line, pages::Pages};
use crate::{console::say, progress::Progress};

/// Succeeds if the database has the rows that are in the file, and no others: by the count and the
/// SHA-256 of each table.
pub(super) async fn run(transfer: &Rc<dyn Transfer>, index: &Index) -> Result<()> {
    let platform = NativePlatform::default();
    let (mut progress, total) = (Progress::new(Some(index.rows())), index.rows());
    let (mut others, mut seen) = (Vec::new(), 0_u64);
    for entry in &index.tables {
        let mut digest = Digest::default();
        let mut pages = Pages::new(transfer, entry.table, None);
        while let Some(row) = pages.next().await? {
            digest.add(&line::row(&row)?);
            seen += 1;
            let message = format!("{seen} of {total} rows compared");
            progress.advance(message, 1, platform.now());
        }
        let found = digest.end(entry.table);
        if found != entry.end {
            let name = entry.table.name;
            others.push(format!(
                "{name} ({} rows, not {})",
                found.rows, entry.end.rows
            ));
        }
    }
    progress.finish();
    if !others.is_empty() {
        bail!("the database and the file differ in: {}", others.join(", "));
    }
    say(format!(
        "verified: the database and the file have the same {total} rows, by count and SHA-256 of each of {} tables",
        index.tables.len()
    ));
    Ok(())
}
