//! The end of the marks that removed documents leave.

use std::time::Duration;

use iam_storage_ports::StorageError;

use crate::{
    collection::Collection,
    command::{Command, Filter},
    document::GONE,
    storage::MongoStorage,
};

/// How long a mark is left: longer than anybody can be late with a write. A gateway ends a request
/// after less than a minute, and the head is looked at in the same request.
const LEFT: Duration = Duration::from_hours(1);

/// Removes the marks that nobody needs any more.
pub(crate) async fn run(storage: &MongoStorage) -> Result<(), StorageError> {
    let left = i64::try_from(LEFT.as_millis()).unwrap_or(i64::MAX);
    let end = storage.connection.now().as_millis().saturating_sub(left);
    let old = Filter::all().between(GONE, None, Some(end));
    let all = Collection::ALL.iter();
    let commands: Vec<_> = all.map(|of| Command::delete(*of, old.clone())).collect();
    storage.connection.run(&commands).await.map(drop)
}
