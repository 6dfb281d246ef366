use regorus::Value;
use serde_json::{Map, Value as Json};

/// The most values in one.
const MAX_VALUES: usize = 1000;
/// The most bytes of text in one.
const MAX_TEXT: usize = 16 << 10;
/// The most levels of one.
const MAX_DEPTH: usize = 16;

/// `value` as JSON, sets as arrays; `None` if it is too large to be told. A value of Rego may stand
/// in another many times and take its memory once: written out, it would take all there is.
pub(crate) fn to_json(value: &Value) -> Option<Json> {
    let mut room = Room {
        values: MAX_VALUES,
        text: MAX_TEXT,
    };
    room.convert(value, MAX_DEPTH)
}

struct Room {
    values: usize,
    text: usize,
}

impl Room {
    fn convert(&mut self, value: &Value, depth: usize) -> Option<Json> {
        self.values = self.values.checked_sub(1)?;
        let below = depth.checked_sub(1)?;
        Some(match value {
            Value::Null => Json::Null,
            Value::Bool(bool) => Json::Bool(*bool),
            Value::String(text) => Json::String(self.take(text)?),
            Value::Array(items) => self.list(items.iter(), below)?,
            Value::Set(items) => self.list(items.iter(), below)?,
            Value::Object(fields) => {
                let mut object = Map::new();
                for (name, value) in fields.iter() {
                    let name = self.name(name)?;
                    object.insert(name, self.convert(value, below)?);
                }
                Json::Object(object)
            }
            // A number; or what is undefined, which is not JSON.
            scalar => {
                let text = scalar.to_json_str().ok()?;
                serde_json::from_str(&self.take(&text)?).ok()?
            }
        })
    }

    fn list<'a>(&mut self, items: impl Iterator<Item = &'a Value>, depth: usize) -> Option<Json> {
        let items = items.map(|item| self.convert(item, depth));
        Some(Json::Array(items.collect::<Option<_>>()?))
    }

    /// A key; whatever is no string becomes its JSON, as in OPA.
    fn name(&mut self, key: &Value) -> Option<String> {
        match self.convert(key, MAX_DEPTH)? {
            Json::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }

    fn take(&mut self, text: &str) -> Option<String> {
        self.text = self.text.checked_sub(text.len())?;
        Some(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use regorus::Value;

    use super::to_json;

    #[test]
    fn what_stands_in_itself_many_times_is_too_large() {
        let twice = |value: Value, _| Value::from(vec![value.clone(), value]);
        assert!(to_json(&(0..8).fold(Value::from(1_u64), twice)).is_some());
        assert!(to_json(&(0..14).fold(Value::from(1_u64), twice)).is_none());
        assert!(to_json(&(0..60).fold(Value::from(1_u64), twice)).is_none());
        assert!(to_json(&Value::from("x".repeat(20_000))).is_none());
    }
}
