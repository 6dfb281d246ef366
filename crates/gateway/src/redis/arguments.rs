use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// The words of a command: texts, and numbers and booleans as the texts Redis takes them for.
#[derive(Debug)]
pub(crate) struct Words(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<Value>::deserialize(deserializer)?;
        let words = values.into_iter().map(|value| match value {
            Value::Bool(truth) => Ok(truth.to_string()),
            Value::Number(number) => Ok(number.to_string()),
            Value::String(text) => Ok(text),
            Value::Array(_) | Value::Null | Value::Object(_) => Err(D::Error::custom(
                "a word of a command is a text or a number",
            )),
        });
        words.collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn numbers_are_texts_and_lists_are_not() {
        let words: Words = serde_json::from_str(r#"["SET","k",-12,1.5,true]"#).unwrap();
        assert_eq!(words.0, ["SET", "k", "-12", "1.5", "true"]);
        for json in [r#"["SET",null]"#, r#"["SET",["k"]]"#, r#"["SET",{}]"#, "{}"] {
            assert!(serde_json::from_str::<Words>(json).is_err(), "{json}");
        }
    }
}
