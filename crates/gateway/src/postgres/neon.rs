//! The protocol of Neon's `POST /sql`, as its proxy and its driver speak it.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{
    error::{DatabaseError, PostgresError},
    pool::{Postgres, run},
    query::{Answer, Query},
    statements::Field,
};
use crate::{
    Limits, Target,
    backend::{Backends, Pools, backends},
    metrics::Metrics,
    pool::{Pool, PoolError},
    reply::{self, Reply},
};

const CONNECTION_STRING: &str = "neon-connection-string";
const ARRAY_MODE: &str = "neon-array-mode";
const RAW_TEXT: &str = "neon-raw-text-output";
const ISOLATION: &str = "neon-batch-isolation-level";
const READ_ONLY: &str = "neon-batch-read-only";
const DEFERRABLE: &str = "neon-batch-deferrable";

/// How many statements a unit of work may have.
const MAX_QUERIES: usize = 10_000;

/// The Postgres databases that clients may name.
pub(crate) struct Neon {
    pools: Pools<Postgres>,
    limits: Limits,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Batch { queries: Vec<Asked> },
    Single(Asked),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    query: String,
    #[serde(default)]
    params: Vec<Value>,
    array_mode: Option<bool>,
}

/// The answer to one statement.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    fields: Arc<[Field]>,
    rows: Vec<Row>,
    command: String,
    row_count: Option<u64>,
    row_as_array: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Row {
    Array(Vec<Option<String>>),
    Object(serde_json::Map<String, Value>),
}

#[derive(Serialize)]
struct Results {
    results: Vec<Given>,
}

/// Why a request has no result.
enum Refusal {
    /// It cannot be understood, or asks for what is not here.
    Request(&'static str),
    /// The database had no result.
    Postgres(PostgresError),
}

impl From<PostgresError> for Refusal {
    fn from(error: PostgresError) -> Self {
        Self::Postgres(error)
    }
}

impl Neon {
    /// In front of those of `targets` that are a Postgres.
    pub(crate) fn new(
        targets: &BTreeMap<String, Target>,
        limits: Limits,
        metrics: &Metrics,
    ) -> Self {
        let pool = |(name, target): (&String, &Target)| match target {
            Target::Postgres(target) => {
                let target = target.clone();
                let postgres = Postgres { target, limits };
                let counts = metrics.pool("postgres", name);
                Some((name.clone(), Pool::new(postgres, limits, counts)))
            }
            _ => None,
        };
        let pools = targets.iter().filter_map(pool).collect();
        Self { pools, limits }
    }

    /// The databases.
    pub(crate) fn backends(&self) -> Backends {
        backends(&self.pools)
    }

    /// Answers `POST /sql`.
    pub(crate) async fn sql(&self, headers: &HeaderMap, body: &Bytes) -> Reply {
        match self.answer(headers, body).await {
            Ok(reply) => reply,
            Err(Refusal::Request(message)) => refused(message),
            Err(Refusal::Postgres(error)) => self.failed(&error),
        }
    }

    async fn answer(&self, headers: &HeaderMap, body: &Bytes) -> Result<Reply, Refusal> {
        let pool = self.pool(headers)?;
        // Values as Postgres spells them are all that is offered: what else Neon makes of them
        // depends on the driver's types.
        if !is_true(headers, RAW_TEXT) {
            return Err(Refusal::Request(
                "only Neon-Raw-Text-Output: true is served here",
            ));
        }
        // What the parser says would quote the body.
        let body: Body = serde_json::from_slice(body)
            .map_err(|_| Refusal::Request("the body is neither {query, params} nor {queries}"))?;
        let arrays = is_true(headers, ARRAY_MODE);
        match body {
            Body::Single(asked) => {
                let array = asked.array_mode.unwrap_or(arrays);
                let query = asked.into_query();
                let answers = run(pool, None, &[query]).await?;
                let given = answers
                    .into_iter()
                    .next()
                    .map(|answer| given(answer, array));
                Ok(reply::json(StatusCode::OK, &given))
            }
            Body::Batch { queries } => batch(pool, headers, queries, arrays).await,
        }
    }

    /// What went wrong, and no more of it than the client may know.
    fn failed(&self, error: &PostgresError) -> Reply {
        let status = match error {
            PostgresError::Database(error) => return reply::json(StatusCode::BAD_REQUEST, error),
            PostgresError::TooLarge => {
                let limit = self.limits.response_bytes;
                let message = format!("response is too large (max is {limit} bytes)");
                return reply::text(StatusCode::INSUFFICIENT_STORAGE, message);
            }
            PostgresError::Pool(PoolError::Busy) => {
                let reply = reply::text(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
                return reply::retry_later(reply);
            }
            PostgresError::Pool(PoolError::TooSlow) => StatusCode::GATEWAY_TIMEOUT,
            PostgresError::Pool(PoolError::Unreachable) | PostgresError::Connection(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        reply::text(status, error.to_string())
    }

    /// The database whose alias is the host of the connection string. The string itself is never
    /// dialled, and never looked at further: it may hold a password.
    fn pool(&self, headers: &HeaderMap) -> Result<&Arc<Pool<Postgres>>, Refusal> {
        let given = headers
            .get(CONNECTION_STRING)
            .and_then(|value| value.to_str().ok());
        let url = given.and_then(|text| Url::parse(text).ok());
        let url = url.filter(|url| matches!(url.scheme(), "postgres" | "postgresql"));
        let url = url.ok_or(Refusal::Request(
            "Neon-Connection-String is missing or malformed",
        ))?;
        let alias = url.host_str().unwrap_or_default();
        let pool = self.pools.get(alias);
        pool.ok_or(Refusal::Request(
            "the host of Neon-Connection-String is no database of this gateway",
        ))
    }
}

async fn batch(
    pool: &Arc<Pool<Postgres>>,
    headers: &HeaderMap,
    queries: Vec<Asked>,
    arrays: bool,
) -> Result<Reply, Refusal> {
    if queries.len() > MAX_QUERIES {
        return Err(Refusal::Request("more than 10000 queries in a batch"));
    }
    let begin = begin(headers)?;
    let modes: Vec<_> = queries
        .iter()
        .map(|q| q.array_mode.unwrap_or(arrays))
        .collect();
    let queries: Vec<_> = queries.into_iter().map(Asked::into_query).collect();
    let answers = run(pool, Some(&begin), &queries).await?;
    let results = answers.into_iter().zip(modes);
    let results = results
        .map(|(answer, array)| given(answer, array))
        .collect();
    let mut reply = reply::json(StatusCode::OK, &Results { results });
    // As Neon does, it is told what the batch was.
    for name in [ISOLATION, READ_ONLY, DEFERRABLE] {
        if let Some(value) = headers.get(name) {
            reply
                .headers_mut()
                .insert(HeaderName::from_static(name), value.clone());
        }
    }
    Ok(reply)
}

/// The statement that a batch's transaction begins with.
fn begin(headers: &HeaderMap) -> Result<String, Refusal> {
    let level = match headers.get(ISOLATION).map(HeaderValue::as_bytes) {
        None => "",
        Some(b"ReadUncommitted") => " isolation level read uncommitted",
        Some(b"ReadCommitted") => " isolation level read committed",
        Some(b"RepeatableRead") => " isolation level repeatable read",
        Some(b"Serializable") => " isolation level serializable",
        Some(_) => return Err(Refusal::Request("invalid isolation level")),
    };
    let mode = |name, text| if is_true(headers, name) { text } else { "" };
    let (read, defer) = (
        mode(READ_ONLY, " read only"),
        mode(DEFERRABLE, " deferrable"),
    );
    Ok(format!("begin{level}{read}{defer}"))
}

fn is_true(headers: &HeaderMap, name: &str) -> bool {
    headers
        .get(name)
        .is_some_and(|value| value.as_bytes() == b"true")
}

impl Asked {
    fn into_query(self) -> Query {
        Query {
            sql: self.query,
            parameters: self.params.into_iter().map(parameter).collect(),
        }
    }
}

/// A parameter in the spelling of Postgres.
fn parameter(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Array(items) => Some(array(&items)),
        other => Some(other.to_string()),
    }
}

/// A JSON array is a Postgres array, as Neon has it.
fn array(items: &[Value]) -> String {
    let item = |item: &Value| match item {
        Value::Null => "NULL".to_owned(),
        Value::Array(items) => array(items),
        Value::String(text) => quoted(text),
        Value::Object(_) => quoted(&item.to_string()),
        other => other.to_string(),
    };
    let items: Vec<_> = items.iter().map(item).collect();
    format!("{{{}}}", items.join(","))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn given(answer: Answer, row_as_array: bool) -> Given {
    let row = |values: Vec<Option<String>>| {
        if row_as_array {
            return Row::Array(values);
        }
        let names = answer.fields.iter().map(|field| field.name.clone());
        Row::Object(names.zip(values.into_iter().map(Value::from)).collect())
    };
    let mut words = answer.tag.split(' ');
    let command = words.next().unwrap_or_default().to_owned();
    Given {
        row_count: words.next_back().and_then(|count| count.parse().ok()),
        rows: answer.rows.into_iter().map(row).collect(),
        fields: Arc::clone(&answer.fields),
        command,
        row_as_array,
    }
}

/// A refusal in the form of a database's error.
fn refused(message: &str) -> Reply {
    reply::json(StatusCode::BAD_REQUEST, &DatabaseError::new(message))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::{begin, parameter};

    #[test]
    fn parameters_are_spelled_as_postgres_reads_them() {
        let spelled = |value| parameter(value);
        assert_eq!(spelled(json!(null)), None);
        assert_eq!(spelled(json!("é'")).unwrap(), "é'");
        assert_eq!(spelled(json!(true)).unwrap(), "true");
        assert_eq!(
            spelled(json!(9_007_199_254_740_993_i64)).unwrap(),
            "9007199254740993"
        );
        assert_eq!(spelled(json!({"a": 1})).unwrap(), r#"{"a":1}"#);
        let array = spelled(json!(["a\"b\\", null, [1, 2]])).unwrap();
        assert_eq!(array, r#"{"a\"b\\",NULL,{1,2}}"#);
    }

    #[test]
    fn a_batch_begins_as_its_headers_say() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (name.parse().unwrap(), value.parse().unwrap())
            };
            pairs.iter().map(pair).collect()
        };
        let level = |level| begin(&headers(&[("neon-batch-isolation-level", level)]));
        assert_eq!(begin(&headers(&[])).ok().unwrap(), "begin");
        assert_eq!(
            level("Serializable").ok().unwrap(),
            "begin isolation level serializable"
        );
        assert!(level("serializable; drop table users").is_err());
        let all = [
            ("neon-batch-read-only", "true"),
            ("neon-batch-deferrable", "true"),
        ];
        assert_eq!(
            begin(&headers(&all)).ok().unwrap(),
            "begin read only deferrable"
        );
    }
}
