//! The commands that are sent, as the endpoint `/mongo` of the gateway takes them.

use std::fmt;

use iam_storage_ports::Page;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value, json};

use crate::{
    collection::Collection,
    document::{ID, long},
};

/// A document whose fields keep their order, which means something in a command, in an index and
/// where a list is sorted.
#[derive(Clone)]
pub(crate) struct Ordered(Vec<(&'static str, Value)>);

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// A command.
#[derive(Clone, Serialize)]
pub(crate) struct Command {
    #[serde(flatten)]
    fields: Ordered,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<Ordered>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    must: bool,
    /// Whether it finds one document at most.
    #[serde(skip)]
    pub(crate) is_single: bool,
}

impl Command {
    fn new(fields: Vec<(&'static str, Value)>) -> Self {
        Self {
            fields: Ordered(fields),
            sort: None,
            must: false,
            is_single: false,
        }
    }

    /// The documents for which `filter` holds.
    pub(crate) fn find(collection: &'static str, filter: Filter) -> Self {
        Self::new(vec![
            ("find", collection.into()),
            ("filter", filter.into_value()),
        ])
    }

    /// One page of what `filter` lets through, in the order of `key`; it is one longer than the
    /// page, so that it shows whether there is more.
    pub(crate) fn page(
        collection: Collection,
        filter: Filter,
        key: &'static str,
        page: &Page,
    ) -> Self {
        let after = page.after.as_deref().unwrap_or_default();
        let filter = filter.and(key, json!({ "$gt": after }));
        Self::find(collection.name(), filter)
            .sorted(&[(key, 1)])
            .limit(u32::from(page.limit) + 1)
    }

    /// How many documents there are for which `filter` holds.
    pub(crate) fn count(collection: Collection, filter: Filter) -> Self {
        Self::new(vec![
            ("count", collection.name().into()),
            ("query", filter.into_value()),
        ])
    }

    /// The documents whose field `to` is in `start`, and those whose field `to` is in their field
    /// `from`, and so on.
    pub(crate) fn closure(
        collection: Collection,
        filter: Filter,
        start: Value,
        (from, to): (&str, &str),
    ) -> Self {
        Self::new(vec![
            ("closure", collection.name().into()),
            ("filter", filter.into_value()),
            ("startWith", start),
            ("connectFromField", from.into()),
            ("connectToField", to.into()),
        ])
    }

    /// Changes one document, and gives it as it was before.
    pub(crate) fn find_and_modify(collection: &'static str, filter: Filter, update: Value) -> Self {
        Self::new(vec![
            ("findAndModify", collection.into()),
            ("query", filter.into_value()),
            ("update", update),
        ])
    }

    pub(crate) fn insert(collection: &'static str, documents: Vec<Value>) -> Self {
        Self::new(vec![
            ("insert", collection.into()),
            ("documents", documents.into()),
            ("ordered", false.into()),
        ])
    }

    pub(crate) fn update(collection: &'static str, updates: Vec<Value>) -> Self {
        Self::new(vec![
            ("update", collection.into()),
            ("updates", updates.into()),
        ])
    }

    pub(crate) fn delete(collection: Collection, filter: Filter) -> Self {
        let all = json!({ "q": filter.into_value(), "limit": 0 });
        Self::new(vec![
            ("delete", collection.name().into()),
            ("deletes", vec![all].into()),
        ])
    }

    pub(crate) fn sorted(mut self, keys: &[(&'static str, i8)]) -> Self {
        let keys = keys.iter().map(|(key, way)| (*key, (*way).into()));
        self.sort = Some(Ordered(keys.collect()));
        self
    }

    pub(crate) fn limit(mut self, limit: u32) -> Self {
        self.is_single = limit == 1;
        self.fields.0.push(("limit", limit.into()));
        self
    }

    /// Finds only these fields, and the id.
    pub(crate) fn only(mut self, fields: &[&str]) -> Self {
        self.fields.0.push(("projection", shown(fields)));
        self
    }

    /// Gives what was changed as it is then, and not as it was before.
    pub(crate) fn changed(mut self) -> Self {
        self.fields.0.push(("new", true.into()));
        self
    }

    /// The request ends after it if not all of it was done.
    pub(crate) fn must(mut self) -> Self {
        self.must = true;
        self
    }
}

fn shown(fields: &[&str]) -> Value {
    let one = |field: &&str| ((*field).to_owned(), 1.into());
    fields.iter().map(one).collect::<Map<_, _>>().into()
}

/// `createIndexes`: an index, whose fields are in order.
#[derive(Clone, Serialize)]
pub(crate) struct CreateIndex {
    #[serde(rename = "createIndexes")]
    collection: String,
    indexes: [Index; 1],
}

#[derive(Clone, Serialize)]
struct Index {
    key: Keys,
    name: String,
}

#[derive(Clone)]
struct Keys(Vec<String>);

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|key| (key, 1)))
    }
}

impl CreateIndex {
    pub(crate) fn new(collection: &str, keys: Vec<String>) -> Self {
        let name = keys.join("_");
        let key = Keys(keys);
        Self {
            collection: collection.to_owned(),
            indexes: [Index { key, name }],
        }
    }
}

/// Conditions, all of which must hold.
#[derive(Clone, Default)]
pub(crate) struct Filter(Map<String, Value>);

impl Filter {
    /// No condition.
    pub(crate) fn all() -> Self {
        Self::default()
    }

    /// The document with this id.
    pub(crate) fn id(id: &str) -> Self {
        Self::all().has(ID, id)
    }

    /// Only what belongs to this tenant.
    pub(crate) fn of(tenant: impl fmt::Display) -> Self {
        Self::all().has("tenant_id", tenant)
    }

    /// Only where a field is this text, or has it in its array.
    pub(crate) fn has(self, field: &str, text: impl fmt::Display) -> Self {
        self.and(field, text.to_string().into())
    }

    pub(crate) fn has_if(self, field: &str, text: Option<impl fmt::Display>) -> Self {
        match text {
            Some(text) => self.has(field, text),
            None => self,
        }
    }

    /// Only where a field is in these values, an array.
    pub(crate) fn among(self, field: &str, values: Value) -> Self {
        self.and(field, Map::from_iter([("$in".to_owned(), values)]).into())
    }

    /// Only where a field begins with `prefix`, whatever characters are in it.
    pub(crate) fn begins(self, field: &str, prefix: Option<&str>) -> Self {
        let Some(prefix) = prefix else {
            return self;
        };
        match end_of_prefix(prefix) {
            Some(end) => self.and(field, json!({ "$gte": prefix, "$lt": end })),
            None => self.and(field, json!({ "$gte": prefix })),
        }
    }

    /// Only where a field does not begin with `prefix`.
    pub(crate) fn begins_otherwise(self, field: &str, prefix: &str) -> Self {
        let below = Self::all().and(field, json!({ "$lt": prefix }));
        let end = end_of_prefix(prefix);
        let above = end.map(|end| Self::all().and(field, json!({ "$gte": end })));
        self.any([below].into_iter().chain(above))
    }

    /// Only where a number is in this range.
    pub(crate) fn between(self, field: &str, from: Option<i64>, until: Option<i64>) -> Self {
        let mut range = Map::new();
        range.extend(from.map(|from| ("$gte".to_owned(), long(from))));
        range.extend(until.map(|until| ("$lt".to_owned(), long(until))));
        if range.is_empty() {
            return self;
        }
        self.and(field, range.into())
    }

    /// Only where one of these filters lets through.
    pub(crate) fn any(self, filters: impl IntoIterator<Item = Self>) -> Self {
        let filters = filters.into_iter().map(Self::into_value).collect();
        self.and("$or", filters)
    }

    /// Only where this condition holds for a field. Several for one field are joined.
    pub(crate) fn and(mut self, field: &str, condition: Value) -> Self {
        let other = self.0.insert(field.to_owned(), condition);
        let Some(other) = other else {
            return self;
        };
        let condition = self.0.remove(field);
        let both = [Some(other), condition].into_iter().flatten();
        let both = both.map(|condition| json!({ field: condition }));
        let all = self
            .0
            .entry("$and")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(all) = all {
            all.extend(both);
        }
        self
    }

    pub(crate) fn into_value(self) -> Value {
        self.0.into()
    }
}

/// The texts `texts`, for [`Filter::among`].
pub(crate) fn texts<T: ToString>(texts: impl IntoIterator<Item = T>) -> Value {
    let texts = texts.into_iter();
    texts.map(|text| Value::String(text.to_string())).collect()
}

/// What fields of earlier commands' documents hold: `(command, field)`, counted from the first of
/// our own.
pub(crate) fn from(references: &[(usize, &str)]) -> Value {
    // Before them comes the one that reads the head.
    let one = |(step, path): &(usize, &str)| json!({ "step": step + 1, "path": path });
    let references: Vec<_> = references.iter().map(one).collect();
    json!({ "$from": references })
}

/// The least text that is greater than all that begin with `prefix`; `None` if there is none.
/// Texts are compared byte by byte, which in UTF-8 is character by character.
fn end_of_prefix(prefix: &str) -> Option<String> {
    let (at, last) = prefix
        .char_indices()
        .rfind(|(_, character)| *character != char::MAX)?;
    let mut end = prefix.get(..at)?.to_owned();
    // A range of characters leaves out what is none, between U+D7FF and U+E000.
    end.extend((last..=char::MAX).nth(1));
    Some(end)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Collection, Command, CreateIndex, Filter, end_of_prefix};

    #[test]
    fn a_command_begins_with_its_name_and_keeps_the_order_of_keys() {
        let filter = Filter::of("t");
        let found = Command::find(Collection::Users.name(), filter);
        let sorted = found.sorted(&[("due_at", 1), ("a", -1)]).limit(2).must();
        assert_eq!(
            serde_json::to_string(&sorted).unwrap(),
            r#"{"find":"users","filter":{"tenant_id":"t"},"limit":2,"sort":{"due_at":1,"a":-1},"must":true}"#
        );
        let index = CreateIndex::new("users", vec!["z".to_owned(), "a".to_owned()]);
        assert_eq!(
            serde_json::to_string(&index).unwrap(),
            r#"{"createIndexes":"users","indexes":[{"key":{"z":1,"a":1},"name":"z_a"}]}"#
        );
    }

    #[test]
    fn conditions_for_one_field_all_hold() {
        let filter = Filter::all()
            .has("a", "1")
            .has("b", "2")
            .has("a", "3")
            .has("a", "4");
        let wanted = json!({ "a": "4", "b": "2", "$and": [{"a": "1"}, {"a": "3"}] });
        assert_eq!(filter.into_value(), wanted);
    }

    #[test]
    fn the_end_of_a_prefix_is_just_after_all_that_begin_with_it() {
        for (prefix, end) in [
            ("ab", Some("ac")),
            ("a%", Some("a&")),
            ("ü", Some("ý")),
            ("a\u{d7ff}", Some("a\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            assert_eq!(end_of_prefix(prefix).as_deref(), end, "{prefix}");
        }
    }
}
