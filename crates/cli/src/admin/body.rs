use anyhow::Result;
use serde_json::{Map, Value};

use super::args::{From, Pair};
use crate::failure::Failure;

/// A request body that is put together from options: what was not given is not in it.
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// A body that begins with the fields of a file.
    pub(crate) fn from(file: &From) -> Result<Self> {
        file.read().map(Self)
    }

    pub(crate) fn new() -> Self {
        Self(Map::new())
    }

    /// A text; an empty one takes the field away.
    pub(crate) fn text(self, path: &str, value: Option<String>) -> Self {
        self.value(
            path,
            value.map(|text| match text.as_str() {
                "" => Value::Null,
                _ => text.into(),
            }),
        )
    }

    /// A value at `path`, whose steps are separated by dots.
    pub(crate) fn value(mut self, path: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            put(&mut self.0, path, value.into());
        }
        self
    }

    /// Texts; a single one that is empty is none.
    pub(crate) fn list(self, path: &str, values: &[String]) -> Self {
        let values = match values {
            [] => None,
            [nothing] if nothing.is_empty() => Some(Vec::new()),
            values => Some(values.to_vec()),
        };
        self.value(path, values)
    }

    /// An object by its fields, put beside those it has. What they are is up to `value`.
    pub(crate) fn pairs(mut self, name: &str, pairs: &[Pair], value: fn(&Pair) -> Value) -> Self {
        if !pairs.is_empty() {
            let mut object = taken(&mut self.0, name);
            // The name of an attribute may have dots in it: it is no path.
            object.extend(pairs.iter().map(|pair| (pair.name.clone(), value(pair))));
            self.0.insert(name.to_owned(), Value::Object(object));
        }
        self
    }

    /// What changes, which must be something.
    pub(crate) fn patch(self) -> Result<Value> {
        if self.0.is_empty() {
            return Err(Failure::usage("nothing to change: see --help for what can be").into());
        }
        Ok(Value::Object(self.0))
    }

    pub(crate) fn whole(self) -> Value {
        Value::Object(self.0)
    }
}

fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        object.insert(path.to_owned(), value);
        return;
    };
    let mut inner = taken(object, first);
    put(&mut inner, rest, value);
    object.insert(first.to_owned(), Value::Object(inner));
}

/// The object in the field `name`, taken out of it; an empty one if there is none.
fn taken(object: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    match object.remove(name) {
        Some(Value::Object(inner)) => inner,
        _ => Map::new(),
    }
}

/// The merge patch (RFC 7396) that makes `current` what `wanted` is. It cannot set anything to null.
pub(crate) fn replacement(current: &Value, wanted: Value) -> Value {
    let (Value::Object(current), Value::Object(mut wanted)) = (current, wanted.clone()) else {
        return wanted;
    };
    for (name, value) in &mut wanted {
        let now = current.get(name).unwrap_or(&Value::Null);
        *value = replacement(now, value.take());
    }
    for name in current.keys() {
        wanted.entry(name).or_insert(Value::Null);
    }
    Value::Object(wanted)
}

/// What becomes of a list: replaced, or added to and taken from.
pub(crate) struct Edit<'a> {
    pub(crate) set: &'a [String],
    pub(crate) add: &'a [String],
    pub(crate) remove: &'a [String],
}

impl Edit<'_> {
    /// The list that the one in `current` becomes, if anything was said of it.
    pub(crate) fn of(&self, current: &Value) -> Option<Vec<String>> {
        if self.set.is_empty() && self.add.is_empty() && self.remove.is_empty() {
            return None;
        }
        let there = current.as_array().into_iter().flatten();
        let there = there.filter_map(|item| item.as_str().map(str::to_owned));
        let mut list: Vec<String> = match self.set {
            [] => there.collect(),
            set => set
                .iter()
                .filter(|text| !text.is_empty())
                .cloned()
                .collect(),
        };
        for added in self.add {
            if !list.contains(added) {
                list.push(added.clone());
            }
        }
        list.retain(|item| !self.remove.contains(item));
        Some(list)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Body, Edit, replacement};

    #[test]
    fn what_was_not_given_is_not_in_the_body() {
        let body = Body::new()
            .text("name", Some("a".to_owned()))
            .text("description", None)
            .text("parent", Some(String::new()))
            .value("settings.password.min_length", Some(12))
            .value("settings.mfa", None::<String>)
            .list("scopes", &[])
            .list("uris", &[String::new()])
            .pairs("attributes", &["a.b=1".parse().unwrap()], super::Pair::json);
        assert_eq!(
            body.whole(),
            json!({"name": "a", "parent": null, "settings": {"password": {"min_length": 12}},
                   "uris": [], "attributes": {"a.b": 1}})
        );
        assert!(Body::new().patch().is_err());
    }

    #[test]
    fn an_object_that_is_replaced_keeps_nothing() {
        let current = json!({"a": {"b": 1, "c": 2}, "d": 3});
        let wanted = json!({"a": {"c": 4}, "e": [5]});
        let patch = json!({"a": {"b": null, "c": 4}, "d": null, "e": [5]});
        assert_eq!(replacement(&current, wanted), patch);
        assert_eq!(
            replacement(&json!(null), json!({"a": {}})),
            json!({"a": {}})
        );
    }

    #[test]
    fn a_list_is_replaced_or_added_to_and_taken_from() {
        let list = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let edited = |set: &[&str], add: &[&str], remove: &[&str]| {
            let (set, add, remove) = (list(set), list(add), list(remove));
            let edit = Edit {
                set: &set,
                add: &add,
                remove: &remove,
            };
            edit.of(&json!(["a", "b"]))
        };
        assert_eq!(edited(&[], &[], &[]), None);
        assert_eq!(edited(&["c"], &[], &[]), Some(list(&["c"])));
        assert_eq!(edited(&[""], &[], &[]), Some(vec![]));
        assert_eq!(edited(&[], &["b", "c"], &["a"]), Some(list(&["b", "c"])));
        let edit = Edit {
            set: &[],
            add: &list(&["x"]),
            remove: &[],
        };
        assert_eq!(edit.of(&Value::Null), Some(list(&["x"])));
    }
}
