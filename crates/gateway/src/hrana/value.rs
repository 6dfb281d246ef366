use base64::{
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use rusqlite::{
    ToSql,
    types::{ToSqlOutput, ValueRef},
};
use serde::{Deserialize, Serialize};

/// Writes without padding, as sqld does, and reads with and without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A value of SQL.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Value {
    Null,
    Integer {
        #[serde(with = "decimal")]
        value: i64,
    },
    Float {
        value: f64,
    },
    Text {
        value: String,
    },
    Blob {
        #[serde(rename = "base64", with = "base64_text")]
        value: Vec<u8>,
    },
}

impl Value {
    /// How many bytes it has as JSON, or a few more.
    pub(crate) fn json_size(&self) -> usize {
        let payload = match self {
            Self::Null => 0,
            Self::Integer { .. } | Self::Float { .. } => 24,
            Self::Text { value } => value.bytes().map(escaped_size).sum(),
            Self::Blob { value } => value.len().div_ceil(3) * 4,
        };
        payload + r#"{"type":"integer","value":""},"#.len()
    }
}

/// How many bytes of JSON a byte of a text takes.
const fn escaped_size(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..0x20 => r"\u0000".len(),
        _ => 1,
    }
}

/// A text of the database that is not UTF-8.
pub(crate) struct NotUtf8;

impl TryFrom<ValueRef<'_>> for Value {
    type Error = NotUtf8;

    fn try_from(value: ValueRef<'_>) -> Result<Self, NotUtf8> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer { value },
            ValueRef::Real(value) => Self::Float { value },
            ValueRef::Text(text) => Self::Text {
                value: str::from_utf8(text).map_err(|_| NotUtf8)?.to_owned(),
            },
            ValueRef::Blob(bytes) => Self::Blob {
                value: bytes.to_owned(),
            },
        })
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer { value } => ValueRef::Integer(*value),
            Self::Float { value } => ValueRef::Real(*value),
            Self::Text { value } => ValueRef::Text(value.as_bytes()),
            Self::Blob { value } => ValueRef::Blob(value),
        }))
    }
}

/// Integers are text, because the numbers of JSON end at 2^53 for many readers.
mod decimal {
    use std::borrow::Cow;

    use serde::{
        Deserialize as _, Deserializer, Serializer,
        de::{Error as _, Unexpected},
    };

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )]
    pub(super) fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let unexpected = |_| {
            let expected = "decimal integer as a string";
            D::Error::invalid_value(Unexpected::Str(&text), &expected)
        };
        text.parse().map_err(unexpected)
    }
}

mod base64_text {
    use std::borrow::Cow;

    use base64::{Engine as _, display::Base64Display};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::BASE64;

    pub(super) fn serialize<S: Serializer>(value: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(value, &BASE64))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let invalid = |_| D::Error::custom("expected binary data encoded as base64");
        BASE64.decode(text.as_bytes()).map_err(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[track_caller]
    fn check(json: &str, value: &Value) {
        assert_eq!(serde_json::from_str::<Value>(json).unwrap(), *value);
        assert_eq!(serde_json::to_string(value).unwrap(), json);
        assert!(value.json_size() >= json.len(), "{json}");
    }

    #[test]
    fn each_type_has_its_form_on_the_wire() {
        check(r#"{"type":"null"}"#, &Value::Null);
        for value in [i64::MIN, -1, 0, 9_007_199_254_740_993, i64::MAX] {
            check(
                &format!(r#"{{"type":"integer","value":"{value}"}}"#),
                &Value::Integer { value },
            );
        }
        check(
            r#"{"type":"float","value":1.5}"#,
            &Value::Float { value: 1.5 },
        );
        check(
            r#"{"type":"float","value":-2.2250738585072014e-308}"#,
            &Value::Float {
                value: -f64::MIN_POSITIVE,
            },
        );
        check(
            r#"{"type":"text","value":"é\"\\\n\u0000\u001f"}"#,
            &Value::Text {
                value: "é\"\\\n\0\u{1f}".to_owned(),
            },
        );
        check(
            r#"{"type":"blob","base64":"AP8"}"#,
            &Value::Blob {
                value: vec![0, 255],
            },
        );
    }

    #[test]
    fn base64_may_be_padded_or_not() {
        let padded: Value = serde_json::from_str(r#"{"type":"blob","base64":"AP8="}"#).unwrap();
        assert_eq!(
            padded,
            Value::Blob {
                value: vec![0, 255]
            }
        );
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for json in [
            r#"{"type":"integer","value":5}"#,
            r#"{"type":"integer","value":"five"}"#,
            r#"{"type":"integer","value":"9223372036854775808"}"#,
            r#"{"type":"blob","base64":"***"}"#,
            r#"{"type":"bool","value":true}"#,
            r#"{"type":"text"}"#,
            r#"{"value":"x"}"#,
        ] {
            assert!(serde_json::from_str::<Value>(json).is_err(), "{json}");
        }
    }
}
