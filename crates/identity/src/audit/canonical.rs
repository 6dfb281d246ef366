use iam_model::hex;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// `value` as the one text that a digest is made of: JSON without white space, members sorted by
/// name, as in RFC 8785 §3.2. Names are sorted by their UTF-8 bytes, and numbers written as
/// `serde_json` does: for the ASCII names and the integers of the audit log that is the same.
///
/// It does not rely on the order of a `serde_json` map, which any crate of the build can change.
pub(super) fn canonical(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    write(&serde_json::to_value(value)?, &mut text);
    Ok(text)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, text);
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                separate(index, text);
                write(&Value::from(name.as_str()), text);
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn separate(index: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
}

/// The SHA-256 of the concatenation of `parts`: 64 hexadecimal digits.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{canonical, digest};

    #[test]
    fn what_is_equal_has_one_text() {
        let value = json!({"b": [1, null, true], "a": {"d": "ä\n\"\u{1}", "c": {}}});
        let text = r#"{"a":{"c":{},"d":"ä\n\"\u0001"},"b":[1,null,true]}"#;
        assert_eq!(canonical(&value).unwrap(), text);
    }

    #[test]
    fn a_digest_is_sha_256_of_all_parts() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest(&["a", "bc"]), abc);
    }
}
