use bson::{Bson, Document, doc};

use super::{
    command::{Verb, with_concern},
    database::Database,
    error::MongoError,
    reference::unique,
};

/// How many steps lead from the first document to the last. Ours have a few.
const MAX_STEPS: usize = 1_000;

/// The documents that one comes to from those in `startWith`, each once, step by step.
pub(crate) async fn closure(
    database: &Database,
    step: usize,
    command: &Document,
    room: &mut usize,
) -> Result<Vec<Document>, MongoError> {
    const SHAPE: &str = "`closure` wants startWith, connectFromField and connectToField";
    let shape = || MongoError::at(step, SHAPE);
    let collection = command.get_str("closure").map_err(|_| shape())?;
    let from = command.get_str("connectFromField").map_err(|_| shape())?;
    let to = command.get_str("connectToField").map_err(|_| shape())?;
    let start = command.get_array("startWith").map_err(|_| shape())?;
    let filter = command.get_document("filter").ok();
    let mut ahead = unique(start.clone());
    let mut known = ahead.clone();
    let mut found = Vec::new();
    for _ in 0..MAX_STEPS {
        if ahead.is_empty() {
            return Ok(found);
        }
        let mut narrowed = filter.cloned().unwrap_or_default();
        narrowed.insert(to, doc! { "$in": ahead });
        let query = doc! { "find": collection, "filter": narrowed };
        let query = with_concern(Verb::Find, query, database.max_time_ms());
        let documents = database.find(step, query, room).await?;
        let next = documents.iter().flat_map(|document| names(document, from));
        let all = unique(known.iter().cloned().chain(next).collect());
        ahead = all.get(known.len()..).unwrap_or_default().to_vec();
        known = all;
        found.extend(documents);
    }
    Err(MongoError::at(step, "`closure` came to no end"))
}

/// The texts in a field.
fn names(document: &Document, field: &str) -> Vec<Bson> {
    match document.get(field) {
        Some(Bson::Array(values)) => values
            .iter()
            .filter(|v| v.as_str().is_some())
            .cloned()
            .collect(),
        Some(text @ Bson::String(_)) => vec![text.clone()],
        _ => Vec::new(),
    }
}
