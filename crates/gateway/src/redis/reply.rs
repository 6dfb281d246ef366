use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::HeaderMap;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::error::RedisError;

/// What a command gives.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Reply {
    Array(Vec<Self>),
    Bytes(Vec<u8>),
    Integer(i64),
    Null,
    /// The status `OK`, which is no value.
    Ok,
    Text(Arc<str>),
}

impl Reply {
    /// How many bytes of texts it has.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Array(replies) => replies.iter().map(Self::size).sum(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
            Self::Integer(_) | Self::Null | Self::Ok => 0,
        }
    }
}

/// How texts go into JSON.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoding {
    /// `Upstash-Encoding: base64`, but for the status `OK`.
    Base64,
    Plain,
}

impl Encoding {
    /// What a request with `headers` asks for.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get("upstash-encoding") {
            Some(value) if value.as_bytes().eq_ignore_ascii_case(b"base64") => Self::Base64,
            _ => Self::Plain,
        }
    }
}

/// A command's outcome as JSON: `{"result":…}` or `{"error":…}`.
pub(crate) struct Outcome<'a> {
    pub(crate) outcome: &'a Result<Reply, RedisError>,
    pub(crate) encoding: Encoding,
}

impl Serialize for Outcome<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self.outcome {
            Ok(reply) => {
                let encoding = self.encoding;
                map.serialize_entry("result", &Encoded { reply, encoding })?;
            }
            Err(error) => map.serialize_entry("error", &error.to_string())?,
        }
        map.end()
    }
}

struct Encoded<'a> {
    reply: &'a Reply,
    encoding: Encoding,
}

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.reply {
            Reply::Array(replies) => {
                let encoding = self.encoding;
                let encoded = replies.iter().map(|reply| Self { reply, encoding });
                serializer.collect_seq(encoded)
            }
            Reply::Bytes(bytes) if self.encoding == Encoding::Base64 => {
                serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
            }
            // As Upstash does it: who has bytes that are no text asks for base64.
            Reply::Bytes(bytes) => serializer.serialize_str(&String::from_utf8_lossy(bytes)),
            Reply::Integer(number) => serializer.serialize_i64(*number),
            Reply::Null => serializer.serialize_unit(),
            Reply::Ok => serializer.serialize_str("OK"),
            Reply::Text(text) if self.encoding == Encoding::Base64 => {
                serializer.serialize_str(&BASE64_STANDARD.encode(text.as_bytes()))
            }
            Reply::Text(text) => serializer.serialize_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Outcome, RedisError, Reply};

    #[track_caller]
    fn check(outcome: &Result<Reply, RedisError>, encoding: Encoding, json: &str) {
        let outcome = Outcome { outcome, encoding };
        assert_eq!(serde_json::to_string(&outcome).unwrap(), json);
    }

    #[test]
    fn base64_is_for_values_and_not_for_the_status() {
        let values = Ok(Reply::Array(vec![
            Reply::Text("OK".into()),
            Reply::Null,
            Reply::Integer(i64::MAX),
        ]));
        check(
            &values,
            Encoding::Base64,
            r#"{"result":["T0s=",null,9223372036854775807]}"#,
        );
        check(
            &values,
            Encoding::Plain,
            r#"{"result":["OK",null,9223372036854775807]}"#,
        );
        check(&Ok(Reply::Ok), Encoding::Base64, r#"{"result":"OK"}"#);
        check(
            &Err(RedisError::Syntax),
            Encoding::Base64,
            r#"{"error":"ERR syntax error"}"#,
        );
    }
}
