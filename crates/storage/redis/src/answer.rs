use base64::{Engine, prelude::BASE64_STANDARD};
use iam_storage_ports::EphemeralError;
use serde::Deserialize;

/// What a command gave.
#[derive(Debug, Deserialize, Eq, PartialEq)]
#[serde(untagged)]
pub(crate) enum Reply {
    Integer(i64),
    Null,
    /// A text in base64. A status, such as `PONG`, may come as it is.
    Text(String),
}

impl Reply {
    /// The text, or `None` if there is none.
    pub(crate) fn into_text(self) -> Result<Option<String>, EphemeralError> {
        match self {
            Self::Integer(_) => Err(internal("a number where a text was expected")),
            Self::Null => Ok(None),
            // The one status that a command for texts can give; base64 comes in fours.
            Self::Text(text) if text == "OK" => Ok(Some(text)),
            Self::Text(text) => decode(&text).map(Some),
        }
    }
}

/// `{"result":…}` or `{"error":…}`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Refused { error: String },
    Replied { result: Reply },
}

impl Outcome {
    pub(crate) fn into_reply(self) -> Result<Reply, EphemeralError> {
        match self {
            Self::Refused { error } => Err(refusal(&error)),
            Self::Replied { result } => Ok(result),
        }
    }
}

/// One outcome for each command, or one error if the transaction was not run.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum TransactionOutcome {
    Each(Vec<Outcome>),
    Refused { error: String },
}

impl TransactionOutcome {
    pub(crate) fn into_replies(self) -> Result<Vec<Reply>, EphemeralError> {
        match self {
            Self::Each(outcomes) => outcomes.into_iter().map(Outcome::into_reply).collect(),
            Self::Refused { error } => Err(refusal(&error)),
        }
    }
}

fn decode(base64: &str) -> Result<String, EphemeralError> {
    let bytes = BASE64_STANDARD
        .decode(base64)
        .map_err(|_| internal("result is not base64"))?;
    String::from_utf8(bytes).map_err(|_| internal("value is not UTF-8"))
}

/// What the server says, without the arguments that Redis repeats for a command it does not know.
fn refusal(error: &str) -> EphemeralError {
    if error.starts_with("OOM ") {
        // It is full, which passes as what is in it expires.
        return EphemeralError::Unavailable("out of memory".to_owned());
    }
    internal(error.split(", with args").next().unwrap_or_default())
}

fn internal(text: &str) -> EphemeralError {
    EphemeralError::Internal(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{EphemeralError, Outcome, Reply, TransactionOutcome};

    fn reply(json: &str) -> Result<Reply, String> {
        let outcome: Outcome = serde_json::from_str(json).unwrap();
        outcome.into_reply().map_err(|e| e.to_string())
    }

    fn text(json: &str) -> Result<Option<String>, String> {
        reply(json)?.into_text().map_err(|e| e.to_string())
    }

    #[test]
    fn a_text_is_base64_unless_it_is_the_status_ok() {
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(text(r#"{"result":"YmFy"}"#), some("bar"));
        assert_eq!(text(r#"{"result":""}"#), some(""));
        assert_eq!(text(r#"{"result":"OK"}"#), some("OK"));
        assert_eq!(text(r#"{"result":"T0s="}"#), some("OK"));
        assert_eq!(text(r#"{"result":null}"#), Ok(None));
        for strange in [
            r#"{"result":"?"}"#,
            r#"{"result":"/w=="}"#,
            r#"{"result":1}"#,
        ] {
            assert!(text(strange).is_err(), "{strange}");
        }
    }

    #[test]
    fn a_number_is_whole_up_to_the_greatest() {
        let max = r#"{"result":9223372036854775807}"#;
        assert_eq!(reply(max), Ok(Reply::Integer(i64::MAX)));
    }

    #[test]
    fn an_answer_is_a_result_or_an_error() {
        for strange in ["{}", "[]", "1", r#"{"result":1.5}"#, r#"{"error":1}"#] {
            assert!(
                serde_json::from_str::<Outcome>(strange).is_err(),
                "{strange}"
            );
        }
    }

    #[test]
    fn an_error_does_not_repeat_the_arguments() {
        let error = reply(
            r#"{"error":"ERR unknown command 'GETDEL', with args beginning with: 'key-4711' "}"#,
        );
        let text = error.unwrap_err();
        assert!(text.contains("GETDEL") && !text.contains("4711"), "{text}");
    }

    #[test]
    fn a_store_that_is_full_is_unavailable() {
        let full = r#"{"error":"OOM command not allowed when used memory > 'maxmemory'."}"#;
        let outcome: Outcome = serde_json::from_str(full).unwrap();
        assert!(matches!(
            outcome.into_reply(),
            Err(EphemeralError::Unavailable(_))
        ));
    }

    #[test]
    fn a_transaction_fails_as_a_whole_or_by_the_command() {
        for json in [
            r#"{"error":"EXECABORT Transaction discarded"}"#,
            r#"[{"result":null},{"error":"ERR value is not an integer or out of range"}]"#,
        ] {
            let outcome: TransactionOutcome = serde_json::from_str(json).unwrap();
            assert!(outcome.into_replies().is_err(), "{json}");
        }
    }
}
