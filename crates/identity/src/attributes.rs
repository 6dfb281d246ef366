//! The tenant's JSON Schema for the attributes of its users.

mod schema;

use iam_model::Tenant;
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::{Map, Value};

pub(crate) use schema::ensure_is_schema;

use crate::{IdentityError, Violation};

/// The most mistakes of one document that are told.
const MAX_VIOLATIONS: usize = 20;

/// The most characters of one detail or pointer: both can hold names that the sender chose.
const MAX_TEXT: usize = 256;

/// The largest compiled form of one pattern, in bytes.
const MAX_PATTERN: usize = 1024 * 1024;

/// What the attributes of a tenant's users must satisfy, compiled once for each request.
pub(crate) struct AttributeSchema(Option<Validator>);

impl AttributeSchema {
    /// That of `tenant`. A schema that does not compile was refused when it was set.
    pub(crate) fn of(tenant: &Tenant) -> Result<Self, IdentityError> {
        let schema = tenant.settings.attribute_schema.as_ref();
        let validator = schema.map(compiled).transpose();
        let text = |error: ValidationError<'_>| error.masked().to_string();
        validator
            .map(Self)
            .map_err(|error| IdentityError::Internal(text(error).into()))
    }

    /// What is wrong with `attributes`, at `/attributes/…`; the values themselves are not repeated.
    pub(crate) fn violations(&self, attributes: &Map<String, Value>) -> Vec<Violation> {
        let Some(validator) = &self.0 else {
            return Vec::new();
        };
        let document = Value::Object(attributes.clone());
        let errors = validator.iter_errors(&document).take(MAX_VIOLATIONS);
        errors.map(|error| told("/attributes", &error)).collect()
    }
}

/// References are followed within the schema only, and a pattern takes linear time.
fn compiled(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex().size_limit(MAX_PATTERN))
        .build(schema)
}

fn told(root: &str, error: &ValidationError<'_>) -> Violation {
    let cut = |text: String| text.chars().take(MAX_TEXT).collect::<String>();
    let pointer = format!("{root}{}", error.instance_path());
    Violation::new(cut(pointer), cut(error.masked_with("it").to_string()))
}

#[cfg(test)]
mod tests {
    use iam_model::{Tenant, TenantId, Timestamp};
    use serde_json::{Value, json};

    use super::AttributeSchema;

    fn tenant(schema: Value) -> Tenant {
        let now = Timestamp::default();
        let id = TenantId::generate(now, [1; 10]);
        let mut tenant = Tenant::new(id, "demo".parse().unwrap(), "Demo".to_owned(), now);
        tenant.settings.attribute_schema = Some(schema);
        tenant
    }

    #[track_caller]
    fn pointers(schema: Value, attributes: Value) -> Vec<String> {
        let Value::Object(attributes) = attributes else {
            panic!("not an object");
        };
        let schema = AttributeSchema::of(&tenant(schema)).unwrap();
        let violations = schema.violations(&attributes).into_iter();
        violations.map(|violation| violation.pointer).collect()
    }

    #[test]
    fn each_mistake_is_told_where_it_is() {
        let schema = json!({
            "type": "object",
            "properties": {
                "department": { "enum": ["sales", "it"] },
                "a/b": { "type": "integer" },
                "mail": { "format": "email" },
            },
            "required": ["department"],
            "additionalProperties": false,
        });
        let good = json!({ "department": "it", "a/b": 7, "mail": "a@example.com" });
        assert!(pointers(schema.clone(), good).is_empty());
        let bad = json!({ "department": "x", "a/b": "7", "mail": "a" });
        let mut found = pointers(schema.clone(), bad);
        found.sort();
        assert_eq!(
            found,
            [
                "/attributes/a~1b",
                "/attributes/department",
                "/attributes/mail"
            ]
        );
        let found = pointers(schema, json!({ "department": "it", "no such": 1 }));
        assert_eq!(found, ["/attributes"]);
    }

    #[test]
    fn the_number_and_the_size_of_the_mistakes_are_bounded_and_no_value_is_repeated() {
        let schema = json!({ "additionalProperties": { "type": "integer" } });
        let many: serde_json::Map<_, _> = (0..1000)
            .map(|i| (format!("{i}{}", "x".repeat(400)), json!("hunter2")))
            .collect();
        let schema = AttributeSchema::of(&tenant(schema)).unwrap();
        let violations = schema.violations(&many);
        assert_eq!(violations.len(), 20);
        for violation in violations {
            assert!(violation.pointer.len() <= 256 && violation.detail.len() <= 256);
            assert!(
                !violation.detail.contains("hunter2"),
                "{}",
                violation.detail
            );
        }
    }

    #[test]
    fn without_a_schema_everything_is_allowed() {
        let mut tenant = tenant(json!({}));
        tenant.settings.attribute_schema = None;
        let schema = AttributeSchema::of(&tenant).unwrap();
        assert!(schema.violations(&serde_json::Map::new()).is_empty());
    }
}
