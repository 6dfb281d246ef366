use serde_json::{Map, Value};

use super::{compiled, told};
use crate::IdentityError;

/// Where the schema is in a request.
const PLACE: &str = "/settings/attribute_schema";

/// The only dialect there is.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The deepest nesting, counted through references: a schema that refers to itself has no depth.
const MAX_DEPTH: u8 = 48;

/// The most values in a schema, those that references stand for included. So the time that a
/// document takes is bounded by its size.
const MAX_SIZE: u32 = 10_000;

/// What a pattern counts for: it is compiled, and then takes up to a mebibyte.
const PATTERN_SIZE: u32 = 200;

/// Keywords by which a schema could refer to what is elsewhere, or to itself without saying so.
const REFUSED: [&str; 6] = [
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveRef",
    "$vocabulary",
];

/// That `schema` is a JSON Schema (2020-12) for attributes: one that stands by itself and whose
/// check always comes to an end soon.
pub(crate) fn ensure_is_schema(schema: &Value) -> Result<(), IdentityError> {
    if let Err(detail) = ensure_bounded(schema) {
        return Err(IdentityError::invalid(PLACE, detail));
    }
    match compiled(schema) {
        Ok(_) => Ok(()),
        Err(error) => Err(IdentityError::Invalid(vec![told(PLACE, &error)])),
    }
}

fn ensure_bounded(schema: &Value) -> Result<(), String> {
    let dialect = schema.get("$schema");
    if dialect.is_some_and(|dialect| dialect != DIALECT) {
        return Err(format!("must be of the dialect {DIALECT}"));
    }
    let mut walk = Walk {
        root: schema,
        left: MAX_SIZE,
    };
    walk.visit(schema, MAX_DEPTH)
}

struct Walk<'a> {
    root: &'a Value,
    left: u32,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, value: &'a Value, depth: u8) -> Result<(), String> {
        let depth = depth
            .checked_sub(1)
            .ok_or("refers to itself, or is nested too deeply")?;
        self.spend(1)?;
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.visit(item, depth)),
            Value::Object(members) => self.members(members, depth),
            Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    fn members(&mut self, members: &'a Map<String, Value>, depth: u8) -> Result<(), String> {
        for (name, value) in members {
            match (name.as_str(), value) {
                (name, _) if REFUSED.contains(&name) => {
                    return Err(format!("must not have `{name}`"));
                }
                ("$ref", Value::String(target)) => self.visit(self.target(target)?, depth)?,
                ("pattern", Value::String(_)) => self.spend(PATTERN_SIZE)?,
                ("patternProperties", Value::Object(patterns)) => {
                    for schema in patterns.values() {
                        self.spend(PATTERN_SIZE)?;
                        self.visit(schema, depth)?;
                    }
                }
                (_, value) => self.visit(value, depth)?,
            }
        }
        Ok(())
    }

    fn target(&self, reference: &str) -> Result<&'a Value, String> {
        let found = reference.strip_prefix('#').and_then(|pointer| {
            let plain = !pointer.contains('%');
            plain.then(|| self.root.pointer(pointer)).flatten()
        });
        found.ok_or_else(|| {
            "has a `$ref` to something else than a part of it such as `#/$defs/name`".to_owned()
        })
    }

    fn spend(&mut self, size: u32) -> Result<(), String> {
        let left = self.left.checked_sub(size);
        self.left = left.ok_or("is too large, with all that its references stand for")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::ensure_is_schema;
    use crate::IdentityError;

    #[track_caller]
    fn check(schema: &Value, expected: Option<&str>) {
        let detail = match ensure_is_schema(schema) {
            Ok(()) => None,
            Err(IdentityError::Invalid(mut violations)) => Some(violations.remove(0).detail),
            Err(error) => panic!("{error}"),
        };
        match (detail, expected) {
            (None, None) => {}
            (Some(detail), Some(part)) => assert!(detail.contains(part), "{detail}"),
            (detail, expected) => panic!("{detail:?} is not {expected:?}"),
        }
    }

    #[test]
    fn a_schema_stands_by_itself() {
        check(
            &json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            None,
        );
        check(
            &json!({"$defs": {"a": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/a"}}}),
            None,
        );
        check(&json!(true), None);
        for remote in [
            "https://example.com/a",
            "//example.com",
            "other.json",
            "#name",
            "#/$defs/no",
            "file:///etc/passwd",
        ] {
            check(&json!({ "$ref": remote }), Some("`$ref`"));
        }
        check(&json!({"$id": "https://example.com/a"}), Some("`$id`"));
        check(
            &json!({"properties": {"a": {"$dynamicRef": "#a"}}}),
            Some("`$dynamicRef`"),
        );
        check(
            &json!({"$schema": "http://json-schema.org/draft-07/schema#"}),
            Some("dialect"),
        );
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        check(&json!({"type": "strin"}), Some("it is not valid"));
        check(&json!(7), Some("it is not of types"));
        check(&json!({"pattern": "("}), Some("regex"));
        check(&json!({"pattern": "^(?=a)"}), Some("regex"));
    }

    #[test]
    fn the_time_that_a_check_takes_is_bounded() {
        check(&json!({"$ref": "#"}), Some("refers to itself"));
        check(
            &json!({"properties": {"a": {"$ref": "#"}}}),
            Some("refers to itself"),
        );
        // Each definition stands for two of the next: 2^40 in all.
        let mut definitions = Map::new();
        for i in 0..40 {
            let next = json!({ "$ref": format!("#/$defs/d{}", i + 1) });
            definitions.insert(format!("d{i}"), json!({ "allOf": [next.clone(), next] }));
        }
        definitions.insert("d40".to_owned(), json!({}));
        let doubling = json!({ "$defs": definitions, "$ref": "#/$defs/d0" });
        assert!(ensure_is_schema(&doubling).is_err());
        let patterns: Vec<_> = (0..60)
            .map(|i| json!({ "pattern": format!("a{i}") }))
            .collect();
        check(&json!({ "anyOf": patterns }), Some("too large"));
        check(&json!({"pattern": "(\\p{L}{1000}){1000}"}), Some("regex"));
    }
}
