use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use iam_config::Endpoint;
use iam_platform::Platform;
use iam_storage_sql::{Dialect, Row, SqlError, SqlTransport, Statement};
use serde::de::DeserializeOwned;

use crate::{
    answer::{Answer, Batch},
    error::{Failure, NeonError},
    request::Body,
};

/// How often a unit of work is tried again that conflicted with others: of a hundred that want the
/// same row, the last has to wait for all the others.
const RETRIES: usize = 100;

/// A server that speaks Neon's protocol, such as Neon itself or our gateway.
pub struct PostgresTransport {
    platform: Rc<dyn Platform>,
    url: String,
    /// Which database there, and for Neon as whom.
    connection: HeaderValue,
    authorization: Option<HeaderValue>,
}

impl PostgresTransport {
    /// The database that `connection` names at `endpoint`, which wants to see `authorization`, if
    /// anything.
    #[must_use]
    pub fn new(
        platform: Rc<dyn Platform>,
        endpoint: &Endpoint,
        connection: HeaderValue,
        authorization: Option<HeaderValue>,
    ) -> Self {
        Self {
            platform,
            url: endpoint.join("/sql"),
            connection,
            authorization,
        }
    }

    async fn attempt(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, Failure> {
        let body = Body::of(unit);
        let answers = if body.is_batch() {
            self.send::<Batch>(&body).await?.results
        } else {
            vec![self.send::<Answer>(&body).await?]
        };
        if answers.len() != unit.len() {
            return Err(Failure::internal("answers to something else"));
        }
        let rows = answers.into_iter().zip(unit);
        let rows = rows.map(|(answer, statement)| answer.into_rows(statement));
        rows.collect::<Result<_, _>>().map_err(Failure::Sql)
    }

    async fn send<T: DeserializeOwned>(&self, body: &Body<'_>) -> Result<T, Failure> {
        let json =
            serde_json::to_vec(body).map_err(|_| Failure::internal("request not encodable"))?;
        let mut request = Request::post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("neon-connection-string", &self.connection)
            .header("neon-raw-text-output", "true")
            .header("neon-array-mode", "true");
        if body.is_batch() {
            request = request.header("neon-batch-isolation-level", "Serializable");
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request
            .body(Bytes::from(json))
            .map_err(|_| Failure::internal("request not valid"))?;
        let response = self.platform.fetch(request).await;
        read(&response.map_err(|e| Failure::unavailable(e.to_string()))?)
    }
}

/// An error of SQL comes with 400.
fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, Failure> {
    let body = response.body();
    // What the parser says would quote the answer.
    let strange = |_| Failure::internal("answer is not of Neon's protocol");
    match response.status() {
        StatusCode::OK => serde_json::from_slice(body).map_err(strange),
        StatusCode::BAD_REQUEST => {
            let error: NeonError = serde_json::from_slice(body).map_err(strange)?;
            Err(error.into())
        }
        StatusCode::TOO_MANY_REQUESTS => Err(Failure::unavailable("answered 429")),
        // 507 Insufficient Storage: the same question would have the same answer.
        StatusCode::INSUFFICIENT_STORAGE => Err(Failure::internal("answer is too large")),
        status if status.is_server_error() => {
            Err(Failure::unavailable(format!("answered {status}")))
        }
        status => Err(Failure::internal(format!("answered {status}"))),
    }
}

#[async_trait(?Send)]
impl SqlTransport for PostgresTransport {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        let mut left = RETRIES;
        let mut was_unique = false;
        loop {
            match self.attempt(unit).await {
                Ok(rows) => return Ok(rows),
                // Postgres says so too where two units looked whether a row is there and both added
                // it, a table too: then the second attempt sees it.
                Err(Failure::Sql(SqlError::Unique)) if !was_unique => was_unique = true,
                Err(Failure::Conflict) if left > 0 => left -= 1,
                Err(Failure::Conflict) => {
                    let text = "too many others at the same rows".to_owned();
                    return Err(SqlError::Unavailable(text));
                }
                Err(Failure::Sql(error)) => return Err(error),
            }
        }
    }
}
