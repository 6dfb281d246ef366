use iam_model::hex;
use iam_storage_ports::Table;
use sha2::{Digest as _, Sha256};

use super::line::End;

/// What the rows of a table come to.
#[derive(Clone, Default)]
pub(super) struct Digest {
    sha256: Sha256,
    pub(super) rows: u64,
}

impl Digest {
    /// Adds the line of a row.
    pub(super) fn add(&mut self, line: &[u8]) {
        self.sha256.update(line);
        self.rows += 1;
    }

    pub(super) fn end(&self, table: &Table) -> End {
        End {
            table: table.name.to_owned(),
            rows: self.rows,
            sha256: hex(&self.sha256.clone().finalize()),
        }
    }
}
