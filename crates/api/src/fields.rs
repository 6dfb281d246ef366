use std::{fmt::Display, str::FromStr};

use iam_model::Secret;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use crate::problem::{Code, FieldError, Problem};

/// The most characters of a password or a token that are looked at.
const MAX_SECRET: usize = 8192;

/// Reads the fields of a JSON object and collects what is wrong with them, so that one answer
/// names every mistake. [`finish`](Self::finish) also finds the fields nobody asked for.
pub(crate) struct Fields {
    object: Map<String, Value>,
    errors: Vec<FieldError>,
}

/// A field that was asked for, to be opened once all of them were.
pub(crate) struct Field<T>(Option<T>);

impl Fields {
    pub(crate) const fn new(object: Map<String, Value>) -> Self {
        Self {
            object,
            errors: Vec::new(),
        }
    }

    /// A string that must be there and parse as `T`.
    pub(crate) fn required<T: FromStr<Err: Display>>(&mut self, name: &str) -> Field<T> {
        Field(self.text(name, true).and_then(|t| self.parse(name, &t)))
    }

    /// A string that, if it is there and not null, must parse as `T`.
    pub(crate) fn optional<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.text(name, false).and_then(|t| self.parse(name, &t))
    }

    /// A value of any shape that `T` has. One that is not there is as good as null, which an
    /// `Option` takes.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Field<T> {
        let value = self.object.remove(name);
        let absent = value.as_ref().is_none_or(Value::is_null);
        match serde_path_to_error::deserialize(value.unwrap_or(Value::Null)) {
            Ok(value) => return Field(Some(value)),
            Err(_) if absent => self.error(name, "is required"),
            Err(error) => {
                let path = error.path().iter().map(step);
                let path: Vec<_> = std::iter::once(name.to_owned()).chain(path).collect();
                self.error_at(&path, readable(&error.into_inner().to_string()));
            }
        }
        Field(None)
    }

    /// A string that must be there and is not to be seen.
    pub(crate) fn secret(&mut self, name: &str) -> Field<Secret<String>> {
        let secret = self.text(name, true).map(Secret::new);
        match &secret {
            Some(text) if text.expose().is_empty() => self.error(name, "must not be empty"),
            Some(text) if text.expose().len() > MAX_SECRET => {
                self.error(name, format!("is too long: at most {MAX_SECRET} bytes"));
            }
            _ => return Field(secret),
        }
        Field(None)
    }

    /// Ends the reading: the problem if anything was wrong.
    pub(crate) fn finish(mut self) -> Result<Complete, Problem> {
        let unknown: Vec<_> = self.object.keys().cloned().collect();
        for name in unknown {
            self.error(&name, "is not a field of this request");
        }
        if self.errors.is_empty() {
            return Ok(Complete(()));
        }
        Err(Problem::new(Code::InvalidRequest).errors(self.errors))
    }

    fn text(&mut self, name: &str, required: bool) -> Option<String> {
        match self.object.remove(name) {
            Some(Value::String(text)) => return Some(text),
            None | Some(Value::Null) if required => self.error(name, "is required"),
            None | Some(Value::Null) => {}
            Some(_) => self.error(name, "must be a string"),
        }
        None
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, name: &str, text: &str) -> Option<T> {
        text.parse()
            .map_err(|error: T::Err| self.error(name, error.to_string()))
            .ok()
    }

    fn error(&mut self, name: &str, detail: impl Into<String>) {
        self.error_at(&[name.to_owned()], detail);
    }

    fn error_at(&mut self, path: &[String], detail: impl Into<String>) {
        let pointer = path.iter().map(|name| format!("/{}", escaped(name)));
        self.errors
            .push(FieldError::at(pointer.collect::<String>(), detail));
    }
}

/// One step of a pointer (RFC 6901 §4): the name of a member, or the number of an item.
fn step(segment: &Segment) -> String {
    match segment {
        Segment::Enum { variant: name } | Segment::Map { key: name } => name.clone(),
        Segment::Seq { index } => index.to_string(),
        Segment::Unknown => String::new(),
    }
}

/// RFC 6901 §3: the escapes of a pointer; a name that is huge is cut, for it is not ours.
fn escaped(name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    name.replace('~', "~0").replace('/', "~1")
}

/// serde's text without the values in it, which are the sender's and may be secret.
fn readable(error: &str) -> String {
    match error.split_once(": ") {
        Some((kind, rest)) if kind.starts_with("invalid ") => {
            let expected = rest.rsplit_once("expected ").map(|(_, expected)| expected);
            format!("must be {}", expected.unwrap_or("another value"))
        }
        _ => error.to_owned(),
    }
}

/// A request body that is read field by field, so that one answer names every mistake in it. A
/// field may be left out, or be null, if its type is an `Option`.
macro_rules! body {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }
    ) => {
        $(#[$meta])*
        #[derive(schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)+
        }

        impl $name {
            /// Reads it, or says all that is wrong with it.
            pub(crate) fn read(
                object: serde_json::Map<String, serde_json::Value>,
            ) -> Result<Self, crate::problem::Problem> {
                let mut fields = crate::fields::Fields::new(object);
                $(let $field = fields.take(stringify!($field));)+
                let complete = fields.finish()?;
                Ok(Self { $($field: $field.open(&complete)?,)+ })
            }
        }
    };
}
pub(crate) use body;

/// Proof that no field was wrong.
pub(crate) struct Complete(());

impl<T> Field<T> {
    /// The value, which is there, since `Complete` says so.
    pub(crate) fn open(self, _: &Complete) -> Result<T, Problem> {
        self.0.ok_or_else(|| Problem::new(Code::Internal))
    }
}

#[cfg(test)]
mod tests {
    use iam_model::{Scope, TenantName};
    use serde_json::{Value, json};

    use super::Fields;

    fn fields(value: Value) -> Fields {
        let Value::Object(object) = value else {
            panic!("not an object");
        };
        Fields::new(object)
    }

    #[test]
    fn one_answer_names_every_mistake() {
        let mut fields = fields(json!({"tenant": "No Such", "scope": 7, "a/b": 1}));
        let _ = fields.required::<TenantName>("tenant");
        let _ = fields.optional::<Scope>("scope");
        let _ = fields.secret("password");
        let problem = fields.finish().err().unwrap();
        let pointers: Vec<_> = problem.pointers().collect();
        assert_eq!(pointers, ["/tenant", "/scope", "/password", "/a~1b"]);
    }

    #[test]
    fn fields_without_mistakes_open() {
        let mut fields = fields(json!({"tenant": "demo", "password": "x", "scope": null}));
        let tenant = fields.required::<TenantName>("tenant");
        let password = fields.secret("password");
        assert_eq!(fields.optional::<Scope>("scope"), None);
        let complete = fields.finish().ok().unwrap();
        assert_eq!(tenant.open(&complete).ok().unwrap().as_str(), "demo");
        assert_eq!(password.open(&complete).ok().unwrap().expose(), "x");
    }
}
