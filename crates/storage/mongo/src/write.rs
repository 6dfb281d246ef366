//! What a unit of work writes, as it stands in the head until all of it is written.
//!
//! Several may write it at once, and one of them may come late, when others have written more since.
//! So each write does nothing where it was done before, or where a later unit was at work: a
//! document has the number of the unit that wrote it last, and one that is removed leaves that
//! number behind for a while. What has no such number only takes away, by ids that nobody else gets.

use std::collections::BTreeMap;

use iam_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    collection::Collection,
    command::{Command, Filter},
    document::{Document, GONE, ID, UNIT, long},
};

/// A change of one or more documents.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub(crate) enum Write {
    /// A document that was not there.
    Add { to: Collection, document: Document },
    /// A document that was there.
    Put { to: Collection, document: Document },
    /// Removes all that a filter lets through. The fields of documents are erased.
    Bury {
        from: Collection,
        filter: Value,
        at: i64,
    },
    /// Does to all that a filter lets through what can be done again at any time.
    Alter {
        of: Collection,
        filter: Value,
        update: Value,
    },
}

impl Write {
    /// Removes what `filter` lets through.
    pub(crate) fn bury(from: Collection, filter: Filter, now: Timestamp) -> Self {
        Self::Bury {
            from,
            filter: filter.into_value(),
            at: now.as_millis(),
        }
    }
}

/// The commands that write all of `writes`, those of the unit `version`.
///
/// The first time, what is added must not be there, not even as the mark of what was removed; if it
/// is, the request ends, and it has to be written [`again`].
pub(crate) fn first(writes: &[Write], version: i64) -> Vec<Command> {
    let Batches { adds, puts } = Batches::of(writes, version);
    let adds = adds.into_iter().map(|(to, documents)| {
        let documents = documents.into_iter().map(|document| json!(document));
        Command::insert(to.name(), documents.collect()).must()
    });
    adds.chain(puts.into_iter().map(update)).collect()
}

/// The commands that write all of `writes`, those of the unit `version`, however much of it is
/// written already.
pub(crate) fn again(writes: &[Write], version: i64) -> Vec<Command> {
    let Batches { adds, mut puts } = Batches::of(writes, version);
    let mut commands = Vec::new();
    for (to, documents) in adds {
        let puts = puts.entry(to).or_default();
        puts.extend(documents.iter().map(|document| put(document, version)));
        let documents = documents.into_iter().map(|document| json!(document));
        commands.push(Command::insert(to.name(), documents.collect()));
    }
    commands.extend(puts.into_iter().map(update));
    commands
}

/// Writes by the collection they go to.
#[derive(Default)]
struct Batches {
    adds: BTreeMap<Collection, Vec<Document>>,
    puts: BTreeMap<Collection, Vec<Value>>,
}

impl Batches {
    fn of(writes: &[Write], version: i64) -> Self {
        let mut batches = Self::default();
        for write in writes {
            match write.clone() {
                Write::Add { to, document } => {
                    let document = document.integer(UNIT, version);
                    batches.adds.entry(to).or_default().push(document);
                }
                Write::Put { to, document } => {
                    let put = put(&document.integer(UNIT, version), version);
                    batches.puts.entry(to).or_default().push(put);
                }
                Write::Bury { from, filter, at } => {
                    let bury = bury(from, filter, at, version);
                    batches.puts.entry(from).or_default().push(bury);
                }
                Write::Alter { of, filter, update } => {
                    let alter = json!({ "q": filter, "u": update, "multi": true });
                    batches.puts.entry(of).or_default().push(alter);
                }
            }
        }
        batches
    }
}

fn update((to, updates): (Collection, Vec<Value>)) -> Command {
    Command::update(to.name(), updates)
}

/// Makes a document be so, if no unit has written it since. All documents of a collection have the
/// same fields. There is one of this id, but `FerretDB` v1 keeps a connection for each update of a
/// command that is not for many.
fn put(document: &Document, version: i64) -> Value {
    let filter = json!({ ID: document.id(), UNIT: { "$lt": long(version) } });
    let update = json!({ "$set": document.without_id(), "$unset": { GONE: 1 } });
    json!({ "q": filter, "u": update, "multi": true })
}

/// Leaves of documents that no unit has written since the mark that they are gone.
fn bury(from: Collection, mut filter: Value, at: i64, version: i64) -> Value {
    filter[UNIT] = json!({ "$lt": long(version) });
    let erased = from.fields().iter();
    let erased: Map<_, _> = erased.map(|&field| (field.to_owned(), 1.into())).collect();
    let mark = json!({ UNIT: long(version), GONE: long(at) });
    json!({ "q": filter, "u": { "$set": mark, "$unset": erased }, "multi": true })
}
