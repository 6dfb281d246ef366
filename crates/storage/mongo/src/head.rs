//! The head: the one document at which all who write meet.

use iam_storage_ports::StorageError;
use serde_json::{Value, json};

use crate::{
    command::{Command, Filter},
    document::{Document, long},
    write::Write,
};

/// The collection that has it.
const HEADS: &str = "heads";

/// Its id.
const HEAD: &str = "installation";

const VERSION: &str = "version";
const BUSY: &str = "busy";
const PENDING: &str = "pending";

/// How far the installation is.
pub(crate) struct Head {
    /// How many units of work there were.
    pub(crate) version: i64,
    /// What the last of them writes, if it may not all be written yet.
    pub(crate) pending: Option<Vec<Write>>,
}

impl Head {
    /// What [`read`] found. Without a head the schema was never made.
    pub(crate) fn of(found: &[Document]) -> Result<Self, StorageError> {
        let head = found.first().ok_or(StorageError::Schema)?;
        let corrupt = |column| StorageError::Corrupt {
            table: HEADS,
            column,
        };
        let version = head.number(VERSION).ok_or_else(|| corrupt(VERSION))?;
        let pending = head.text_of(PENDING).map(serde_json::from_str);
        let pending = pending.transpose().map_err(|_| corrupt(PENDING))?;
        Ok(Self { version, pending })
    }
}

/// Reads the head.
pub(crate) fn read() -> Command {
    Command::find(HEADS, Filter::id(HEAD)).limit(1)
}

/// Reads how far it is, and nothing more.
pub(crate) fn read_version() -> Command {
    read().only(&[VERSION])
}

/// Goes on only if there is nothing pending.
pub(crate) fn settled() -> Command {
    let filter = Filter::id(HEAD).and(BUSY, false.into());
    Command::find(HEADS, filter)
        .limit(1)
        .only(&[VERSION])
        .must()
}

/// Goes on only if the unit of work `version` is pending.
pub(crate) fn still_pending(version: i64) -> Command {
    let filter = Filter::id(HEAD)
        .and(VERSION, long(version))
        .and(BUSY, true.into());
    Command::find(HEADS, filter)
        .limit(1)
        .only(&[VERSION])
        .must()
}

/// Makes a unit of work happen that saw the installation as it was one version before: of many
/// that do it at once, one goes on.
pub(crate) fn commit(version: i64, pending: &str) -> Command {
    let filter = Filter::id(HEAD).and(VERSION, long(version - 1));
    let update = json!({ "$set": { VERSION: long(version), BUSY: true, PENDING: pending } });
    Command::find_and_modify(HEADS, filter, update).must()
}

/// Notes that all of the unit of work `version` is written.
pub(crate) fn clear(version: i64) -> Command {
    let filter = Filter::id(HEAD).and(VERSION, long(version));
    let update = json!({ "$set": { BUSY: false, PENDING: Value::Null } });
    Command::update(
        HEADS,
        vec![json!({ "q": filter.into_value(), "u": update })],
    )
}

/// Makes the head, unless it is there.
pub(crate) fn create() -> Command {
    let head = Document::new(HEAD).integer(VERSION, 0).truth(BUSY, false);
    Command::insert(HEADS, vec![json!(head.text_or_null(PENDING, None::<&str>))])
}
