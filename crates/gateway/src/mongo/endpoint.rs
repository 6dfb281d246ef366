use std::{collections::BTreeMap, sync::Arc};

use bson::{Bson, Document, doc};
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    closure::closure,
    command::{Command, Verb, with_concern},
    database::Database,
    error::MongoError,
    reference::resolved,
};
use crate::{
    Limits, Target,
    backend::{Backend, Backends},
    metrics::Metrics,
    reply::{self, Reply},
};

/// How many commands a request may have.
const MAX_COMMANDS: usize = 1_000;

/// The MongoDB databases that clients may name.
pub(crate) struct Mongo {
    databases: BTreeMap<String, Arc<Database>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    database: String,
    /// Extended JSON. The order of keys is kept, for the first says what a command is.
    commands: Vec<Document>,
}

/// The answers to the commands of a request, as far as it got.
#[derive(Serialize)]
struct Results {
    results: Vec<Value>,
    /// Whether a command that had to do all it was asked did not.
    stopped: bool,
}

/// What a command came to.
struct Done {
    result: Value,
    /// What it found, for the commands after it.
    found: Vec<Document>,
    /// Whether it did all it was asked.
    whole: bool,
}

impl Mongo {
    /// In front of those of `targets` that are a MongoDB.
    pub(crate) fn new(
        targets: &BTreeMap<String, Target>,
        limits: Limits,
        metrics: &Metrics,
    ) -> Self {
        let database = |(name, target): (&String, &Target)| match target {
            Target::Mongo(target) => {
                let counts = metrics.pool("mongo", name);
                let database = Database::new(target.clone(), limits, counts);
                Some((name.clone(), Arc::new(database)))
            }
            _ => None,
        };
        Self {
            databases: targets.iter().filter_map(database).collect(),
        }
    }

    /// The databases.
    pub(crate) fn backends(&self) -> Backends {
        let backend = |(name, database): (&String, &Arc<Database>)| {
            let backend: Arc<dyn Backend> = Arc::clone(database) as _;
            (name.clone(), backend)
        };
        self.databases.iter().map(backend).collect()
    }

    /// Answers `POST /mongo`.
    pub(crate) async fn respond(&self, body: &Bytes) -> Reply {
        match self.answer(body).await {
            Ok(results) => reply::json(StatusCode::OK, &results),
            Err(error) => error.reply(),
        }
    }

    async fn answer(&self, body: &Bytes) -> Result<Results, MongoError> {
        // What the parser says would quote the body.
        let body: Body = serde_json::from_slice(body)
            .map_err(|_| MongoError::request("the body is not {database, commands}"))?;
        let database = self.databases.get(&body.database).ok_or_else(|| {
            MongoError::request("`database` is the name of no MongoDB of this gateway")
        })?;
        if body.commands.len() > MAX_COMMANDS {
            return Err(MongoError::request("more than 1000 commands in a request"));
        }
        let commands = body.commands.into_iter().enumerate();
        let commands = commands.map(|(step, document)| Command::read(step, document));
        let commands = commands.collect::<Result<_, _>>()?;
        database.timed(run(database, commands)).await
    }
}

/// Runs `commands` one after the other.
async fn run(database: &Database, commands: Vec<Command>) -> Result<Results, MongoError> {
    let mut results = Vec::new();
    let mut found = Vec::new();
    let mut room = database.response_bytes();
    for (step, command) in commands.into_iter().enumerate() {
        let must = command.must;
        let done = one(database, step, command, &found, &mut room).await?;
        results.push(done.result);
        found.push(done.found);
        if must && !done.whole {
            let stopped = true;
            return Ok(Results { results, stopped });
        }
    }
    Ok(Results {
        results,
        stopped: false,
    })
}

async fn one(
    database: &Database,
    step: usize,
    command: Command,
    found: &[Vec<Document>],
    room: &mut usize,
) -> Result<Done, MongoError> {
    let Command { verb, document, .. } = command;
    let Bson::Document(document) = resolved(step, Bson::Document(document), found)? else {
        return Err(MongoError::at(step, "the command is no document"));
    };
    let found = match verb {
        Verb::Closure => closure(database, step, &document, room).await?,
        Verb::Find => {
            let query = with_concern(verb, document, database.max_time_ms());
            database.find(step, query, room).await?
        }
        _ => {
            let command = with_concern(verb, document, database.max_time_ms());
            let answer = database.run(step, command).await?;
            return changed(verb, &answer, room);
        }
    };
    let documents: Vec<_> = found
        .iter()
        .map(|document| extended(document.clone()))
        .collect();
    let whole = !found.is_empty();
    Ok(Done {
        result: json!({ "documents": documents }),
        found,
        whole,
    })
}

/// What the database says of a command that is no query: no more than is named here, for the texts
/// of its errors have values in them.
fn changed(verb: Verb, answer: &Document, room: &mut usize) -> Result<Done, MongoError> {
    let mut result = Document::new();
    for key in ["n", "nModified"] {
        if let Some(number) = answer.get(key) {
            result.insert(key, number.clone());
        }
    }
    let errors = answer.get_array("writeErrors").ok();
    let errors: Vec<_> = errors
        .into_iter()
        .flatten()
        .filter_map(Bson::as_document)
        .collect();
    if !errors.is_empty() {
        let error =
            |error: &&Document| doc! { "index": error.get("index"), "code": error.get("code") };
        result.insert("writeErrors", errors.iter().map(error).collect::<Vec<_>>());
    }
    // The primary did it, but nobody knows whether it lasts.
    if answer.contains_key("writeConcernError") {
        return Err(MongoError::Unreachable);
    }
    let mut found = Vec::new();
    let mut whole = errors.is_empty();
    if verb == Verb::FindAndModify {
        let value = answer.get_document("value").ok();
        whole = value.is_some();
        let size = value.map_or(Ok(0), |value| size(value).ok_or(MongoError::TooLarge))?;
        *room = room.checked_sub(size).ok_or(MongoError::TooLarge)?;
        result.insert("value", value.cloned());
        found.extend(value.cloned());
    }
    Ok(Done {
        result: extended(result),
        found,
        whole,
    })
}

fn size(document: &Document) -> Option<usize> {
    bson::serialize_to_vec(document)
        .ok()
        .map(|bytes| bytes.len())
}

/// Canonical Extended JSON v2, in which no number loses its type.
fn extended(document: Document) -> Value {
    Bson::Document(document).into_canonical_extjson()
}
