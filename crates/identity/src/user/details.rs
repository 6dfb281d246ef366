use std::collections::BTreeMap;

use iam_model::{EmailAddress, UserDetails};
use serde_json::{Map, Value};

use crate::Violation;

/// The most addresses of a user.
const MAX_EMAILS: usize = 20;

/// The most ids of a user in other systems.
const MAX_EXTERNAL_IDS: usize = 20;

/// The most characters of the name of another system.
const MAX_SYSTEM: usize = 64;

/// The most characters of an id in another system.
const MAX_EXTERNAL_ID: usize = 256;

/// The largest attributes, or metadata of one kind, as JSON, in bytes.
const MAX_DOCUMENT: usize = 16 * 1024;

/// The deepest nesting of attributes or metadata.
const MAX_DEPTH: usize = 16;

/// What is wrong with `details`, wherever it is. What the tenant's schema says comes beside.
pub(super) fn violations(details: &UserDetails) -> Vec<Violation> {
    let mut wrong = emails(&details.emails);
    wrong.extend(external_ids(&details.external_ids));
    wrong.extend(document("/attributes", &details.attributes));
    wrong.extend(document("/public_metadata", &details.public_metadata));
    wrong.extend(document("/private_metadata", &details.private_metadata));
    wrong
}

fn emails(emails: &[EmailAddress]) -> Vec<Violation> {
    if emails.len() > MAX_EMAILS {
        let detail = format!("are too many: at most {MAX_EMAILS}");
        return vec![Violation::new("/emails", detail)];
    }
    let is_repeated = |&(index, email): &(usize, &EmailAddress)| {
        let mut before = emails[..index].iter();
        before.any(|other| other.address.key() == email.address.key())
    };
    let repeated = emails.iter().enumerate().filter(is_repeated);
    repeated
        .map(|(index, _)| Violation::new(format!("/emails/{index}/address"), "is there twice"))
        .collect()
}

fn external_ids(ids: &BTreeMap<String, String>) -> Vec<Violation> {
    if ids.len() > MAX_EXTERNAL_IDS {
        let detail = format!("are too many: at most {MAX_EXTERNAL_IDS}");
        return vec![Violation::new("/external_ids", detail)];
    }
    let mut wrong = Vec::new();
    for (system, id) in ids {
        if !is_system(system) {
            let detail = "has a name that is not 1 to 64 of A-Z a-z 0-9 . _ -";
            wrong.push(Violation::new("/external_ids", detail));
        } else if !is_external_id(id) {
            let detail = "is not 1 to 256 characters, none of them a control character";
            wrong.push(Violation::new(format!("/external_ids/{system}"), detail));
        }
    }
    wrong
}

fn is_system(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=MAX_SYSTEM).contains(&name.len()) && name.bytes().all(allowed)
}

fn is_external_id(id: &str) -> bool {
    (1..=MAX_EXTERNAL_ID).contains(&id.chars().count()) && !id.chars().any(char::is_control)
}

fn document(pointer: &str, document: &Map<String, Value>) -> Option<Violation> {
    let refused = |detail: String| Some(Violation::new(pointer, detail));
    // Our own types have string keys and no failing `Serialize`.
    let size = serde_json::to_vec(document).map_or(usize::MAX, |json| json.len());
    if size > MAX_DOCUMENT {
        return refused(format!(
            "is too large: at most {MAX_DOCUMENT} bytes as JSON"
        ));
    }
    if 1 + deepest(document.values()) > MAX_DEPTH {
        return refused(format!("is nested too deeply: at most {MAX_DEPTH} levels"));
    }
    if any_nul(document) {
        return refused("has the character U+0000 in it, which not all databases keep".to_owned());
    }
    None
}

fn deepest<'a>(values: impl IntoIterator<Item = &'a Value>) -> usize {
    values.into_iter().map(depth).max().unwrap_or(0)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + deepest(items),
        Value::Object(members) => 1 + deepest(members.values()),
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => 0,
    }
}

fn any_nul(members: &Map<String, Value>) -> bool {
    let mut members = members.iter();
    members.any(|(name, value)| name.contains('\0') || has_nul(value))
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => any_nul(members),
        Value::String(text) => text.contains('\0'),
        Value::Bool(_) | Value::Null | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use iam_model::UserDetails;
    use serde_json::{Value, json};

    use super::violations;

    #[track_caller]
    fn check(details: Value, expected: &[&str]) {
        let details: UserDetails = serde_json::from_value(details).unwrap();
        let found = violations(&details);
        let found: Vec<_> = found.iter().map(|v| v.pointer.as_str()).collect();
        assert_eq!(found, expected);
    }

    fn nested(levels: usize) -> Value {
        (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }))
    }

    #[test]
    fn details_of_common_size_are_taken() {
        check(
            json!({
                "emails": [{ "address": "a@example.com" }, { "address": "b@example.com" }],
                "external_ids": { "hr": "4711", "ldap.example-com": "cn=Ä,dc=example" },
                "attributes": { "text": "x".repeat(16_000) },
                "public_metadata": nested(16),
            }),
            &[],
        );
    }

    #[test]
    fn documents_have_a_size_a_depth_and_no_nul() {
        check(
            json!({ "attributes": { "text": "x".repeat(17_000) } }),
            &["/attributes"],
        );
        check(
            json!({ "private_metadata": nested(17) }),
            &["/private_metadata"],
        );
        check(
            json!({ "public_metadata": { "a": [{ "b\0": 1 }] } }),
            &["/public_metadata"],
        );
        check(
            json!({ "public_metadata": { "a": ["b\0"] } }),
            &["/public_metadata"],
        );
    }

    #[test]
    fn addresses_are_few_and_each_is_there_once() {
        let many: Vec<_> = (0..21)
            .map(|i| json!({ "address": format!("a{i}@example.com") }))
            .collect();
        check(json!({ "emails": many }), &["/emails"]);
        let twice = json!([{ "address": "a@example.com" }, { "address": "A@example.com" }]);
        check(json!({ "emails": twice }), &["/emails/1/address"]);
    }

    #[test]
    fn ids_in_other_systems_are_few_and_short() {
        let many: serde_json::Map<_, _> = (0..21).map(|i| (i.to_string(), json!("x"))).collect();
        check(json!({ "external_ids": many }), &["/external_ids"]);
        check(
            json!({ "external_ids": { "a:b": "x" } }),
            &["/external_ids"],
        );
        check(
            json!({ "external_ids": { "hr": "" } }),
            &["/external_ids/hr"],
        );
        check(
            json!({ "external_ids": { "hr": "x".repeat(257) } }),
            &["/external_ids/hr"],
        );
    }
}
