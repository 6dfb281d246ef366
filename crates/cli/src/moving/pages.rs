use std::{collections::VecDeque, rc::Rc};

use anyhow::{Context, Result};
use iam_storage_ports::{Record, StorageError, Table, Transfer};

use crate::database::readable;

/// How many rows are asked for at once.
const ROWS: u32 = 500;

/// The rows of a table, read page by page.
pub(super) struct Pages {
    transfer: Rc<dyn Transfer>,
    table: &'static Table,
    after: Option<Vec<String>>,
    rows: VecDeque<Record>,
    limit: u32,
    is_over: bool,
}

impl Pages {
    /// Those whose key comes after `after`.
    pub(super) fn new(
        transfer: &Rc<dyn Transfer>,
        table: &'static Table,
        after: Option<Vec<String>>,
    ) -> Self {
        Self {
            transfer: Rc::clone(transfer),
            table,
            after,
            rows: VecDeque::new(),
            limit: ROWS,
            is_over: false,
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Record>> {
        if self.rows.is_empty() && !self.is_over {
            let rows = self.page().await;
            let rows = rows.map_err(readable);
            self.rows = rows
                .with_context(|| format!("cannot read {}", self.table.name))?
                .into();
            self.is_over = self.rows.len() < self.limit as usize;
            self.after = self
                .rows
                .back()
                .map(|row| row.key(self.table))
                .or(self.after.take());
        }
        Ok(self.rows.pop_front())
    }

    /// The next page. Rows may be so long that a page of them is more than an answer may be: it is
    /// tried with fewer.
    async fn page(&mut self) -> Result<Vec<Record>, StorageError> {
        loop {
            let page = self
                .transfer
                .export(self.table, self.after.as_deref(), self.limit)
                .await;
            match page {
                Err(StorageError::Internal(_)) if self.limit > 1 => self.limit /= 5,
                page => return page,
            }
            self.limit = self.limit.max(1);
        }
    }
}
