use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use crate::Code;

/// What the documentation says of an endpoint.
pub struct Operation {
    /// Its name, unique: `createRole`.
    pub id: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What else is worth knowing; may be empty.
    pub description: &'static str,
    /// Of which kind it is, from which follow the parameters, headers and statuses that all of the
    /// kind have.
    pub kind: Kind,
    /// The parameters of the query that are its own.
    pub query: &'static [Parameter],
    /// The request body, if it takes one.
    pub request: Option<Payload>,
    /// The body of the answer: of one item, for a list.
    pub response: Option<Payload>,
    /// The errors that are its own.
    pub errors: &'static [Code],
}

/// Of which kind an endpoint is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Does something to what is there: `POST …:lock`, `PUT …/members/{user}`.
    Act,
    /// Changes what is there by a merge patch (RFC 7396).
    Change,
    /// Makes something.
    Create,
    /// Gives a page of a list.
    List,
    /// Gives one object, or one document.
    Read,
    /// Removes something.
    Remove,
}

/// A parameter of a query.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// A value that works.
    pub example: &'static str,
}

/// A body.
pub struct Payload {
    /// Its media type.
    pub media_type: &'static str,
    /// Its schema.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// One that works, as JSON; for a change, the patch.
    pub example: &'static str,
}

impl Payload {
    /// A JSON body that is a `T`.
    #[must_use]
    pub const fn json<T: JsonSchema>(example: &'static str) -> Self {
        Self::of::<T>("application/json", example)
    }

    /// A body of another media type that is a `T`, or for a stream of lines, lines that are.
    #[must_use]
    pub const fn of<T: JsonSchema>(media_type: &'static str, example: &'static str) -> Self {
        Self {
            media_type,
            schema: SchemaGenerator::subschema_for::<T>,
            example,
        }
    }

    /// The examples in it: one, or for a stream of lines, each line's.
    #[cfg(test)]
    pub(crate) fn examples(&self) -> impl Iterator<Item = &'static str> {
        let text = self.example.trim();
        let split = if self.is_lines() { "\n" } else { "\0" };
        text.split(split).filter(|_| !self.is_binary())
    }

    /// The example as the document shows it: JSON, or a stream of lines as text.
    pub(crate) fn example_value(&self) -> Value {
        let as_text = || Value::String(self.example.to_owned());
        if self.media_type.ends_with("/json") {
            serde_json::from_str(self.example).unwrap_or_else(|_| as_text())
        } else {
            as_text()
        }
    }

    /// Whether it is a stream of lines.
    pub(crate) fn is_lines(&self) -> bool {
        self.media_type.ends_with("ndjson")
    }

    #[cfg(test)]
    fn is_binary(&self) -> bool {
        !self.media_type.ends_with("json")
    }
}
