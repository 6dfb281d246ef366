//! What counts its changes.

use iam_storage_ports::StorageError;

use crate::{collection::Collection, document::Document, unit::Unit};

/// The document with this id, if it still is of this version.
pub(crate) fn current<'u>(
    unit: &'u Unit,
    of: Collection,
    id: &str,
    version: i64,
) -> Result<&'u Document, StorageError> {
    let stored = unit.get(of, id);
    stored
        .filter(|stored| stored.number("version") == Some(version))
        .ok_or(StorageError::Stale)
}
