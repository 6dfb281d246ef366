//! Units of work. ADR 0014 says why they are as they are.

use std::collections::BTreeMap;

use iam_model::Timestamp;
use iam_storage_ports::StorageError;

use crate::{
    collection::Collection,
    command::{Command, Filter, texts},
    connection::{Answer, internal},
    document::{Document, ID},
    head::{self, Head},
    storage::MongoStorage,
    write::{self, Write},
};

/// How often something is tried again because others wrote meanwhile: of a hundred that want to
/// write at once, the last has to wait for all the others.
const TRIES: usize = 400;

/// How often one looks again before one writes what somebody else has left: as a rule they are at
/// it, and done in a moment.
const PATIENCE: usize = 8;

/// The most that a unit of work writes, in bytes of its text: with the text in the head, a request
/// has it twice.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What queries found, as it was all at one time.
pub(crate) struct Found {
    /// How many units of work there were by then.
    version: i64,
    answers: Vec<Answer>,
}

impl Found {
    /// What query `at` found.
    pub(crate) fn all(&self, at: usize) -> &[Document] {
        self.answers.get(at).map_or(&[], |answer| &answer.documents)
    }

    /// The first that query `at` found.
    pub(crate) fn first(&self, at: usize) -> Option<&Document> {
        self.all(at).first()
    }

    /// How many query `at` has counted.
    pub(crate) fn count(&self, at: usize) -> u64 {
        self.answers.get(at).map_or(0, Answer::count)
    }
}

/// A unit of work: what it has read, and what it is going to write. Nothing is written before it is
/// whole.
pub(crate) struct Unit {
    pub(crate) found: Found,
    pub(crate) now: Timestamp,
    /// What was read, by collection and id.
    known: BTreeMap<(Collection, String), Document>,
    /// What is to become of documents: `None` if it is removed.
    staged: BTreeMap<(Collection, String), Option<Write>>,
    /// What is to become of documents that were not read.
    others: Vec<Write>,
}

impl Unit {
    fn new(found: Found, queries: &[Query], now: Timestamp) -> Self {
        let mut known = BTreeMap::new();
        for (answer, query) in found.answers.iter().zip(queries) {
            for document in &answer.documents {
                known.insert((query.of, document.id().to_owned()), document.clone());
            }
        }
        Self {
            found,
            now,
            known,
            staged: BTreeMap::new(),
            others: Vec::new(),
        }
    }

    /// The document with this id as the unit leaves it, if it was read or is added by it.
    pub(crate) fn get(&self, of: Collection, id: &str) -> Option<&Document> {
        let key = (of, id.to_owned());
        match self.staged.get(&key) {
            Some(Some(Write::Add { document, .. } | Write::Put { document, .. })) => Some(document),
            Some(_) => None,
            None => self.known.get(&key),
        }
    }

    pub(crate) fn has(&self, of: Collection, id: &str) -> bool {
        self.get(of, id).is_some()
    }

    /// Whether there is a document, as the unit leaves them, for which `wanted` holds, among those
    /// that were read or are added.
    pub(crate) fn any(&self, of: Collection, wanted: impl Fn(&Document) -> bool) -> bool {
        let known = self
            .known
            .iter()
            .filter(|(key, _)| !self.staged.contains_key(*key));
        let known = known
            .filter(|((from, _), _)| *from == of)
            .map(|(_, document)| document);
        let staged = self.staged.iter().filter(|((to, _), _)| *to == of);
        let staged = staged.filter_map(|(_, write)| match write {
            Some(Write::Add { document, .. } | Write::Put { document, .. }) => Some(document),
            _ => None,
        });
        known.chain(staged).any(wanted)
    }

    /// The documents that were read.
    pub(crate) fn read_of(&self, of: Collection) -> impl Iterator<Item = &Document> {
        let known = self.known.iter();
        known
            .filter(move |((from, _), _)| *from == of)
            .map(|(_, document)| document)
    }

    /// The ids of those documents that were read and for which `wanted` holds.
    pub(crate) fn ids_where(
        &self,
        of: Collection,
        wanted: impl Fn(&Document) -> bool,
    ) -> Vec<String> {
        let known = self.known.iter();
        let known = known.filter(|((from, _), document)| *from == of && wanted(document));
        known.map(|((_, id), _)| id.clone()).collect()
    }

    /// Adds a document if its id is free.
    pub(crate) fn add(&mut self, to: Collection, document: Document) -> Result<(), StorageError> {
        free(self.has(to, document.id()))?;
        let key = (to, document.id().to_owned());
        self.staged.insert(key, Some(Write::Add { to, document }));
        Ok(())
    }

    /// Puts a document in the place of one that was read.
    pub(crate) fn put(&mut self, to: Collection, document: Document) {
        let key = (to, document.id().to_owned());
        let is_new = matches!(self.staged.get(&key), Some(Some(Write::Add { .. })));
        let write = if is_new {
            Write::Add { to, document }
        } else {
            Write::Put { to, document }
        };
        self.staged.insert(key, Some(write));
    }

    /// Removes the document with this id.
    pub(crate) fn remove(&mut self, from: Collection, id: &str) {
        self.staged.insert((from, id.to_owned()), None);
    }

    /// Removes what `filter` lets through, of which nothing was read that matters.
    pub(crate) fn bury(&mut self, from: Collection, filter: Filter) {
        self.others.push(Write::bury(from, filter, self.now));
    }

    /// Does `update` to all that `filter` lets through. It must be such as can be done again at
    /// any time.
    pub(crate) fn alter(&mut self, of: Collection, filter: Filter, update: serde_json::Value) {
        self.others.push(Write::Alter {
            of,
            filter: filter.into_value(),
            update,
        });
    }

    fn writes(self) -> Vec<Write> {
        let now = self.now;
        let staged = self.staged.into_iter();
        let staged = staged.map(|((from, id), write)| {
            write.unwrap_or_else(|| Write::bury(from, Filter::id(&id), now))
        });
        staged.chain(self.others).collect()
    }
}

/// A question that a unit of work asks of a collection.
#[derive(Clone)]
pub(crate) struct Query {
    pub(crate) of: Collection,
    pub(crate) command: Command,
}

impl Query {
    pub(crate) const fn new(of: Collection, command: Command) -> Self {
        Self { of, command }
    }

    /// All for which `filter` holds.
    pub(crate) fn find(of: Collection, filter: Filter) -> Self {
        Self::new(of, Command::find(of.name(), filter))
    }

    /// The documents with these ids.
    pub(crate) fn with_ids(of: Collection, ids: impl IntoIterator<Item = String>) -> Self {
        Self::find(of, Filter::all().among(ID, texts(ids)))
    }

    /// The document with this id.
    pub(crate) fn id(of: Collection, id: &str) -> Self {
        Self::new(of, Command::find(of.name(), Filter::id(id)).limit(1))
    }
}

impl MongoStorage {
    /// Does a unit of work: asks `queries`, lets `work` decide what is written, and writes all of it
    /// or nothing. If somebody else writes meanwhile, all of it begins anew.
    pub(crate) async fn unit<T>(
        &self,
        queries: &[Query],
        work: impl Fn(&mut Unit) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let commands: Vec<_> = queries.iter().map(|query| query.command.clone()).collect();
        for _ in 0..TRIES {
            let found = self.read(&commands).await?;
            let mut unit = Unit::new(found, queries, self.connection.now());
            // Whatever it says of what it read is true of one moment.
            let value = work(&mut unit)?;
            if self.commit(unit).await? {
                return Ok(value);
            }
        }
        Err(busy())
    }

    /// Asks `queries`, all of the same moment: there is no unit of work of which one sees something
    /// and another does not.
    pub(crate) async fn read(&self, queries: &[Command]) -> Result<Found, StorageError> {
        let is_single = matches!(queries, [query] if query.is_single);
        let mut commands = vec![head::read()];
        commands.extend_from_slice(queries);
        if !is_single {
            commands.push(head::read_version());
        }
        for attempt in 1..=TRIES {
            let mut answers = self.connection.run(&commands).await?.results;
            let first = Head::of(&answers.remove(0).documents)?;
            let version = first.version;
            if first.pending.is_some() {
                self.settle(first, attempt).await?;
                continue;
            }
            // One document is never half of a unit of work.
            if !is_single {
                let last = answers.pop().unwrap_or_default();
                if Head::of(&last.documents)?.version != version {
                    continue;
                }
            }
            for answer in &mut answers {
                answer.documents.retain(|document| !document.is_gone());
            }
            return Ok(Found { version, answers });
        }
        Err(busy())
    }

    /// Runs commands that need no unit of work, each being about one document, once all units are
    /// written. The answers are those to `commands`.
    pub(crate) async fn settled(
        &self,
        commands: impl IntoIterator<Item = Command>,
    ) -> Result<Vec<Answer>, StorageError> {
        let commands: Vec<_> = [head::settled()].into_iter().chain(commands).collect();
        for _ in 0..TRIES {
            let mut answers = self.connection.run(&commands).await?;
            if !(answers.stopped && answers.results.len() == 1) {
                answers.results.remove(0);
                return Ok(answers.results);
            }
            // Something is pending; to read is to wait for it.
            self.read(&[]).await?;
        }
        Err(busy())
    }

    /// Makes a unit of work happen, unless somebody else was faster.
    async fn commit(&self, unit: Unit) -> Result<bool, StorageError> {
        let version = unit.found.version + 1;
        let writes = unit.writes();
        if writes.is_empty() {
            return Ok(true);
        }
        let pending = serde_json::to_string(&writes).map_err(|_| internal("unit not encodable"))?;
        if pending.len() > MAX_BYTES {
            return Err(internal("unit of work is too large"));
        }
        let mut commands = vec![head::commit(version, &pending)];
        commands.extend(write::first(&writes, version));
        commands.push(head::clear(version));
        let answers = self.connection.run(&commands).await?;
        match answers.results.len() {
            // The head was at another version.
            1 if answers.stopped => Ok(false),
            // It has happened, but met marks of what was removed.
            _ if answers.stopped => self.roll_forward(&writes, version).await.map(|()| true),
            _ => Ok(true),
        }
    }

    /// Somebody's unit of work is not all written: after some patience, writes it.
    async fn settle(&self, head: Head, attempt: usize) -> Result<(), StorageError> {
        match head.pending {
            Some(writes) if attempt.is_multiple_of(PATIENCE) => {
                self.roll_forward(&writes, head.version).await
            }
            _ => Ok(()),
        }
    }

    /// Writes what the unit `version` has to, unless that was done.
    async fn roll_forward(&self, writes: &[Write], version: i64) -> Result<(), StorageError> {
        let mut commands = vec![head::still_pending(version)];
        commands.extend(write::again(writes, version));
        commands.push(head::clear(version));
        self.connection.run(&commands).await.map(drop)
    }
}

fn busy() -> StorageError {
    StorageError::Unavailable("too many others write at once".to_owned())
}

/// Refuses what is taken.
pub(crate) const fn free(taken: bool) -> Result<(), StorageError> {
    if taken {
        return Err(StorageError::AlreadyExists);
    }
    Ok(())
}

/// Refuses to refer to what does not exist.
pub(crate) const fn exists(found: bool) -> Result<(), StorageError> {
    if found {
        return Ok(());
    }
    Err(StorageError::NotFound)
}

/// Refuses what something still refers to.
pub(crate) const fn unused(used: bool) -> Result<(), StorageError> {
    if used {
        return Err(StorageError::InUse);
    }
    Ok(())
}
