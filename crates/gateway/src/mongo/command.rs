//! The commands that clients may give, and what they may be told.

use bson::{Bson, Document, doc};

use super::error::MongoError;

/// A command that is on the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verb {
    Closure,
    Count,
    CreateIndexes,
    Delete,
    Find,
    FindAndModify,
    Insert,
    Ping,
    Update,
}

impl Verb {
    /// The verb of a command, which is its first key, and the fields that it may have.
    pub(crate) fn of(command: &Document) -> Option<(Self, &'static [&'static str])> {
        Some(match command.keys().next()?.as_str() {
            "closure" => (
                Self::Closure,
                &["filter", "startWith", "connectFromField", "connectToField"],
            ),
            "count" => (Self::Count, &["query", "limit"]),
            "createIndexes" => (Self::CreateIndexes, &["indexes"]),
            "delete" => (Self::Delete, &["deletes", "ordered"]),
            "find" => (
                Self::Find,
                &["filter", "sort", "projection", "limit", "skip"],
            ),
            "findAndModify" => (
                Self::FindAndModify,
                &[
                    "query", "sort", "update", "new", "fields", "remove", "upsert",
                ],
            ),
            "insert" => (Self::Insert, &["documents", "ordered"]),
            "ping" => (Self::Ping, &[]),
            "update" => (Self::Update, &["updates", "ordered"]),
            _ => return None,
        })
    }

    const fn writes(self) -> bool {
        matches!(
            self,
            Self::CreateIndexes | Self::Delete | Self::FindAndModify | Self::Insert | Self::Update
        )
    }
}

/// A command of a client.
pub(crate) struct Command {
    pub(crate) verb: Verb,
    /// As it goes to the database, but for what stands for something else.
    pub(crate) document: Document,
    /// Whether the request ends here if not all of it was done.
    pub(crate) must: bool,
}

impl Command {
    /// Reads command `step` of a request.
    pub(crate) fn read(step: usize, mut document: Document) -> Result<Self, MongoError> {
        let at = |message| MongoError::at(step, message);
        let must = match document.remove("must") {
            None => false,
            Some(Bson::Boolean(must)) => must,
            Some(_) => return Err(at("`must` is neither true nor false")),
        };
        let (verb, fields) =
            Verb::of(&document).ok_or_else(|| at("no such command is served here"))?;
        let mut rest = document.keys().skip(1);
        if !rest.all(|key| fields.contains(&key.as_str())) {
            return Err(at("the command has a field that is not served here"));
        }
        let named = document.values().next().and_then(Bson::as_str);
        if verb != Verb::Ping && !named.is_some_and(is_collection) {
            return Err(at("the name of the collection is none of ours"));
        }
        if runs_code(&Bson::Document(document.clone())) {
            return Err(at("operators that run code are not served here"));
        }
        Ok(Self {
            verb,
            document,
            must,
        })
    }
}

/// What every command is told beside: to wait for a majority, and for how long.
pub(crate) fn with_concern(verb: Verb, mut command: Document, max_time_ms: i64) -> Document {
    if verb.writes() {
        command.insert("writeConcern", doc! { "w": "majority" });
    } else if verb != Verb::Ping {
        command.insert("readConcern", doc! { "level": "majority" });
    }
    if let Verb::Find | Verb::Count | Verb::FindAndModify = verb {
        command.insert("maxTimeMS", max_time_ms);
    }
    command
}

/// System collections are not served.
fn is_collection(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn runs_code(value: &Bson) -> bool {
    match value {
        Bson::Document(document) => document.iter().any(|(key, value)| {
            matches!(
                key.as_str(),
                "$where" | "$function" | "$accumulator" | "$expr"
            ) || runs_code(value)
        }),
        Bson::Array(values) => values.iter().any(runs_code),
        Bson::JavaScriptCode(_) | Bson::JavaScriptCodeWithScope(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    fn is_read(json: &str) -> bool {
        let document = serde_json::from_str(json).unwrap();
        Command::read(0, document).is_ok()
    }

    #[test]
    fn only_what_is_on_the_list_is_a_command() {
        assert!(is_read(
            r#"{"find": "users", "filter": {"a": 1}, "must": true}"#
        ));
        assert!(is_read(r#"{"ping": 1}"#));
        for bad in [
            r#"{"dropDatabase": 1}"#,
            r#"{"eval": "x"}"#,
            r#"{"find": "users", "comment": "x"}"#,
            r#"{"find": "users", "must": 1}"#,
            r#"{"find": "system.users"}"#,
            r#"{"find": 1}"#,
            r#"{"filter": {}, "find": "users"}"#,
            "{}",
        ] {
            assert!(!is_read(bad), "{bad}");
        }
    }

    #[test]
    fn nothing_runs_code_in_the_database() {
        for bad in [
            r#"{"find": "users", "filter": {"$where": "sleep(1)"}}"#,
            r#"{"find": "users", "filter": {"$or": [{"$expr": {}}]}}"#,
            r#"{"find": "users", "filter": {"a": {"$code": "x"}}}"#,
        ] {
            assert!(!is_read(bad), "{bad}");
        }
        let text = r#"{"find": "users", "filter": {"a": "$where"}}"#;
        assert!(is_read(text));
    }
}
