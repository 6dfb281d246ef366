use std::{collections::BTreeSet, fmt, str::FromStr};

use iam_model::Timestamp;
use iam_storage_ports::StorageError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::collection::Collection;

/// The id: the key, after that of the tenant where keys are a tenant's own.
pub(crate) const ID: &str = "_id";

/// The unit of work that wrote a document last.
pub(crate) const UNIT: &str = "_v";

/// When a document was removed, of which this mark is left.
pub(crate) const GONE: &str = "gone_at";

/// A document, in canonical Extended JSON v2: its texts, whole numbers, nulls and arrays of texts.
/// What has a shape of its own, such as what is known of a user, is one text: a name in it could be
/// none that MongoDB takes.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Document(Map<String, Value>);

/// Shows no values.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} fields)", self.0.len())
    }
}

impl Document {
    /// An empty document.
    pub(crate) fn new(id: &str) -> Self {
        Self(Map::new()).text(ID, id)
    }

    /// An empty document with a key that is its tenant's own.
    pub(crate) fn of_tenant(tenant: impl fmt::Display, key: impl fmt::Display) -> Self {
        Self::new(&id(&tenant, key)).text("tenant_id", tenant)
    }

    pub(crate) fn id(&self) -> &str {
        self.text_of(ID).unwrap_or_default()
    }

    /// All of it but its id.
    pub(crate) fn without_id(&self) -> Self {
        let mut fields = self.0.clone();
        fields.remove(ID);
        Self(fields)
    }

    /// Whether it is but the mark of one that was removed.
    pub(crate) fn is_gone(&self) -> bool {
        self.0.contains_key(GONE)
    }

    /// A whole number, as an answer to a command has it too.
    pub(crate) fn number(&self, field: &str) -> Option<i64> {
        self.0.get(field).and_then(number)
    }

    /// The texts in an array; none if it is not there.
    pub(crate) fn texts_in(&self, field: &str) -> Vec<String> {
        let values = self.0.get(field).and_then(Value::as_array);
        let texts = values.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    pub(crate) fn text_of(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }

    pub(crate) fn has_text(&self, field: &str, text: &str) -> bool {
        self.text_of(field) == Some(text)
    }

    /// Reads it, as one of `collection`.
    pub(crate) const fn read(&self, collection: Collection) -> Fields<'_> {
        Fields::of(self, collection.name())
    }

    fn set(mut self, field: &str, value: Value) -> Self {
        self.0.insert(field.to_owned(), value);
        self
    }

    pub(crate) fn text(self, field: &str, text: impl fmt::Display) -> Self {
        self.set(field, Value::String(text.to_string()))
    }

    pub(crate) fn text_or_null(self, field: &str, text: Option<impl fmt::Display>) -> Self {
        match text {
            Some(text) => self.text(field, text),
            None => self.set(field, Value::Null),
        }
    }

    pub(crate) fn integer(self, field: &str, number: i64) -> Self {
        self.set(field, long(number))
    }

    pub(crate) fn integer_or_null(self, field: &str, number: Option<i64>) -> Self {
        self.set(field, number.map_or(Value::Null, long))
    }

    pub(crate) fn truth(self, field: &str, truth: bool) -> Self {
        self.set(field, truth.into())
    }

    pub(crate) fn time(self, field: &str, time: Timestamp) -> Self {
        self.integer(field, time.as_millis())
    }

    /// An array of texts, sorted and without repeats.
    pub(crate) fn texts<T: fmt::Display>(
        self,
        field: &str,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        let texts: BTreeSet<_> = texts.into_iter().map(|text| text.to_string()).collect();
        self.set(field, texts.into_iter().map(Value::String).collect())
    }

    /// A document of JSON, as text.
    pub(crate) fn json(self, field: &str, value: &impl Serialize) -> Result<Self, StorageError> {
        // What it says would quote the value.
        let text = serde_json::to_string(value)
            .map_err(|_| StorageError::Internal("value not encodable".to_owned()))?;
        Ok(self.text(field, text))
    }
}

/// The id of what has a key that is its tenant's own.
pub(crate) fn id(tenant: impl fmt::Display, key: impl fmt::Display) -> String {
    format!("{tenant}/{key}")
}

/// A number of 64 bits.
pub(crate) fn long(number: i64) -> Value {
    json!({ "$numberLong": number.to_string() })
}

fn number(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Number(number) => return number.as_i64(),
        Value::Object(members) => members.get("$numberLong").or(members.get("$numberInt")),
        _ => None,
    };
    text?.as_str()?.parse().ok()
}

/// Reads the fields of a document. A value that cannot be what its field should hold is
/// [`StorageError::Corrupt`].
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    document: &'a Document,
    table: &'static str,
}

impl<'a> Fields<'a> {
    pub(crate) const fn of(document: &'a Document, table: &'static str) -> Self {
        Self { document, table }
    }

    fn value(self, field: &str) -> Option<&'a Value> {
        self.document.0.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn integer(self, field: &'static str) -> Result<i64, StorageError> {
        let number = self.value(field).and_then(number);
        number.ok_or_else(|| self.corrupt(field))
    }

    pub(crate) fn boolean(self, field: &'static str) -> Result<bool, StorageError> {
        match self.integer(field)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(field)),
        }
    }

    pub(crate) fn time(self, field: &'static str) -> Result<Timestamp, StorageError> {
        self.integer(field).map(Timestamp::from_millis)
    }

    pub(crate) fn time_or_null(
        self,
        field: &'static str,
    ) -> Result<Option<Timestamp>, StorageError> {
        self.value(field).map(|_| self.time(field)).transpose()
    }

    pub(crate) fn text(self, field: &'static str) -> Result<String, StorageError> {
        let text = self.value(field).and_then(Value::as_str);
        text.map(str::to_owned).ok_or_else(|| self.corrupt(field))
    }

    pub(crate) fn parsed<T: FromStr>(self, field: &'static str) -> Result<T, StorageError> {
        self.text(field)?.parse().map_err(|_| self.corrupt(field))
    }

    pub(crate) fn parsed_or_null<T: FromStr>(
        self,
        field: &'static str,
    ) -> Result<Option<T>, StorageError> {
        self.value(field).map(|_| self.parsed(field)).transpose()
    }

    /// A document of JSON.
    pub(crate) fn json<T: DeserializeOwned>(self, field: &'static str) -> Result<T, StorageError> {
        let text = self.text(field)?;
        serde_json::from_str(&text).map_err(|_| self.corrupt(field))
    }

    /// A document of JSON; null counts as the default one.
    pub(crate) fn json_or_default<T: Default + DeserializeOwned>(
        self,
        field: &'static str,
    ) -> Result<T, StorageError> {
        let read = self.value(field).map(|_| self.json(field)).transpose()?;
        Ok(read.unwrap_or_default())
    }

    /// An array of texts, sorted and without repeats.
    pub(crate) fn set<T: FromStr + Ord>(self, field: &'static str) -> Result<Vec<T>, StorageError> {
        let texts = self.document.texts_in(field);
        let values = texts.iter().map(|text| text.parse());
        let values: Result<BTreeSet<T>, _> = values.collect();
        let values = values.map_err(|_| self.corrupt(field))?;
        Ok(values.into_iter().collect())
    }

    const fn corrupt(self, column: &'static str) -> StorageError {
        StorageError::Corrupt {
            table: self.table,
            column,
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_model::RoleName;
    use iam_storage_ports::StorageError;

    use super::{Collection, Document};

    #[test]
    fn a_value_that_does_not_fit_its_field_is_named_not_shown() {
        let document = Document::new("1").text("x", "ſecret").integer("n", 2);
        let fields = document.read(Collection::Users);
        let is_corrupt = |result: Result<(), StorageError>, field| {
            let Err(StorageError::Corrupt { table, column }) = result else {
                return false;
            };
            (table, column) == ("users", field)
        };
        assert!(is_corrupt(fields.integer("x").map(drop), "x"));
        assert!(is_corrupt(fields.parsed::<RoleName>("x").map(drop), "x"));
        assert!(is_corrupt(fields.json::<u8>("x").map(drop), "x"));
        assert!(is_corrupt(fields.boolean("n").map(drop), "n"));
        assert!(is_corrupt(fields.text("n").map(drop), "n"));
        assert!(is_corrupt(fields.text("absent").map(drop), "absent"));
        assert!(!format!("{document:?}").contains("ecret"));
    }

    #[test]
    fn numbers_of_64_bits_are_kept_as_they_are() {
        for number in [i64::MIN, -1, 0, 1 << 53, (1 << 53) + 1, i64::MAX] {
            let document = Document::new("1").integer("n", number);
            let text = serde_json::to_string(&document).unwrap();
            let read: Document = serde_json::from_str(&text).unwrap();
            assert_eq!(read.read(Collection::Users).integer("n").unwrap(), number);
        }
    }

    #[test]
    fn a_set_is_sorted_and_has_no_repeats() {
        let document = Document::new("1").texts("names", ["b", "a", "b"]);
        let names: Vec<RoleName> = document.read(Collection::Roles).set("names").unwrap();
        assert_eq!(names, ["a".parse().unwrap(), "b".parse().unwrap()]);
    }
}
