use iam_model::hex;
use iam_storage_ports::{Migration, StorageError};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    command::{Command, CreateIndex, Filter},
    connection::{Connection, internal},
    document::{Document, Fields},
    head,
};

/// A step from one version of the schema to the next.
struct Step {
    name: &'static str,
    /// The indexes that it makes, a line each: the collection and its fields.
    indexes: &'static str,
}

/// All steps: the one at index 0 leads to version 1.
const STEPS: &[Step] = &[Step {
    name: "installation",
    indexes: include_str!("../migrations/0001_installation.indexes"),
}];

/// The collection with a document for each step that was taken.
const TAKEN: &str = "schema_migrations";

/// Takes the steps that are missing. Each can be taken twice, so that several may do it at once, and
/// is noted when it is done.
pub(crate) async fn run(connection: &Connection) -> Result<(), StorageError> {
    connection.run(&[head::create()]).await?;
    let mut applied = taken(connection).await?;
    for (version, step) in pending(&applied)? {
        connection.run(&step.commands()).await?;
        let note = step.note(version, connection.now().as_millis());
        connection
            .run(&[Command::insert(TAKEN, vec![json!(note)])])
            .await?;
    }
    applied = taken(connection).await?;
    current(&applied)
}

/// Succeeds if all steps were taken, and no others.
pub(crate) async fn check(connection: &Connection) -> Result<(), StorageError> {
    current(&taken(connection).await?)
}

/// All steps, those that were taken and those that were not.
pub(crate) async fn all(connection: &Connection) -> Result<Vec<Migration>, StorageError> {
    let applied = taken(connection).await?;
    drop(pending(&applied)?);
    let times = applied.iter().map(|taken| Some(taken.applied_at));
    let times = times.chain(std::iter::repeat(None));
    let steps = (1..).zip(STEPS).zip(times);
    let step = |((version, step), applied_at): ((i64, &Step), _)| {
        Ok(Migration {
            version,
            name: step.name.to_owned(),
            checksum: step.checksum(),
            applied_at,
            statements: step.statements()?,
        })
    };
    steps.map(step).collect()
}

fn current(applied: &[Taken]) -> Result<(), StorageError> {
    match pending(applied)?.next() {
        None => Ok(()),
        Some(_) => Err(StorageError::Schema),
    }
}

/// A step that was taken.
struct Taken {
    version: i64,
    checksum: String,
    applied_at: iam_model::Timestamp,
}

async fn taken(connection: &Connection) -> Result<Vec<Taken>, StorageError> {
    let all = Command::find(TAKEN, Filter::all()).sorted(&[("version", 1)]);
    let answers = connection.run(&[all]).await?.results;
    let documents = answers.iter().flat_map(|answer| &answer.documents);
    let read = |document: &Document| {
        let fields = Fields::of(document, TAKEN);
        Ok(Taken {
            version: fields.integer("version")?,
            checksum: fields.text("checksum")?,
            applied_at: fields.time("applied_at")?,
        })
    };
    documents.map(read).collect()
}

/// The steps that come after those that were taken, with the versions they lead to.
fn pending(
    applied: &[Taken],
) -> Result<impl Iterator<Item = (i64, &'static Step)> + use<>, StorageError> {
    let mut known = (1..).zip(STEPS);
    for taken in applied {
        let (_, step) = known
            .next()
            .filter(|(ours, _)| *ours == taken.version)
            .ok_or(StorageError::Schema)?;
        if taken.checksum != step.checksum() {
            return Err(StorageError::Corrupt {
                table: TAKEN,
                column: "checksum",
            });
        }
    }
    Ok(known)
}

impl Step {
    /// The SHA-256 of its text, in hexadecimal.
    fn checksum(&self) -> String {
        hex(&Sha256::digest(self.indexes))
    }

    fn commands(&self) -> Vec<CreateIndex> {
        let lines = self.indexes.lines().filter(|line| !line.starts_with('#'));
        let index = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let collection = words.next()?;
            Some(CreateIndex::new(&collection, words.collect()))
        };
        lines.filter_map(index).collect()
    }

    /// What the database is told.
    fn statements(&self) -> Result<Vec<String>, StorageError> {
        let text = |command| serde_json::to_string(command);
        let texts = self.commands().iter().map(text).collect::<Result<_, _>>();
        texts.map_err(|_| internal("command not encodable"))
    }

    fn note(&self, version: i64, now: i64) -> Document {
        Document::new(&version.to_string())
            .integer("version", version)
            .text("name", self.name)
            .text("checksum", self.checksum())
            .integer("applied_at", now)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use iam_storage_ports::StorageError;

    use super::{STEPS, Step, Taken, current, pending};
    use crate::collection::Collection;

    fn all() -> Vec<Taken> {
        let taken = |(version, step): (i64, &Step)| Taken {
            version,
            checksum: step.checksum(),
            applied_at: iam_model::Timestamp::default(),
        };
        (1..).zip(STEPS).map(taken).collect()
    }

    #[test]
    fn what_was_not_taken_is_pending() {
        assert_eq!(pending(&[]).unwrap().count(), STEPS.len());
        assert!(matches!(current(&[]), Err(StorageError::Schema)));
        assert!(current(&all()).is_ok());
    }

    #[test]
    fn a_schema_from_the_future_or_with_a_gap_is_refused() {
        let mut newer = all();
        let last = newer.last_mut().unwrap();
        last.version += 1;
        assert!(matches!(pending(&newer).err(), Some(StorageError::Schema)));
    }

    #[test]
    fn a_step_that_was_edited_is_refused() {
        let mut edited = all();
        edited[0].checksum.replace_range(..1, "x");
        let refused = pending(&edited).err();
        let Some(StorageError::Corrupt { column, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(column, "checksum");
    }

    #[test]
    fn an_index_is_about_a_collection_and_fields_that_there_are() {
        let mut seen = BTreeSet::new();
        for line in STEPS.iter().flat_map(|step| step.indexes.lines()) {
            if line.starts_with('#') {
                continue;
            }
            assert!(seen.insert(line), "{line} is there twice");
            let mut words = line.split(' ');
            let name = words.next().unwrap();
            let of = Collection::ALL.iter().find(|of| of.name() == name);
            let fields = of.expect(line).fields();
            assert!(
                words.all(|field| field == "gone_at" || fields.contains(&field)),
                "{line}"
            );
        }
    }
}
