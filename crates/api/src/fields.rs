use std::{fmt::Display, str::FromStr};

use iam_model::Secret;
use serde_json::{Map, Value};

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
        // RFC 6901 §3: the escapes of a pointer; a name that is huge is cut, for it is not ours.
        let name: String = name.chars().take(64).collect();
        let name = name.replace('~', "~0").replace('/', "~1");
        self.errors.push(FieldError {
            pointer: format!("/{name}"),
            detail: detail.into(),
        });
    }
}

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
