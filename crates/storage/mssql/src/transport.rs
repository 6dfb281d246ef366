use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use iam_config::Endpoint;
use iam_platform::Platform;
use iam_storage_sql::{Dialect, Row, SqlError, SqlTransport, Statement};
use serde::de::DeserializeOwned;

use crate::{
    answer::{Answer, Results},
    error::{Failure, Refused},
    request::Body,
};

/// How often a unit of work is tried again that met others: of a hundred that want the same row, the
/// last has to wait for all the others.
const RETRIES: usize = 100;

/// A gateway that has a SQL Server behind it.
pub struct SqlServerTransport {
    platform: Rc<dyn Platform>,
    url: String,
    /// The name that the gateway has for the database.
    database: String,
    authorization: Option<HeaderValue>,
}

impl SqlServerTransport {
    /// The database that the gateway at `endpoint` calls `database`, which wants to see
    /// `authorization`, if anything.
    #[must_use]
    pub fn new(
        platform: Rc<dyn Platform>,
        endpoint: &Endpoint,
        database: String,
        authorization: Option<HeaderValue>,
    ) -> Self {
        Self {
            platform,
            url: endpoint.join("/v1/sqlserver"),
            database,
            authorization,
        }
    }

    async fn attempt(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, Failure> {
        let answers = self.send(&Body::of(&self.database, unit)).await?;
        if answers.len() != unit.len() {
            return Err(Failure::internal("answers to something else"));
        }
        let rows = answers.into_iter().map(Answer::into_rows);
        rows.collect::<Result<_, _>>().map_err(Failure::Sql)
    }

    async fn send(&self, body: &Body<'_>) -> Result<Vec<Answer>, Failure> {
        let json =
            serde_json::to_vec(body).map_err(|_| Failure::internal("request not encodable"))?;
        let mut request = Request::post(&self.url).header(header::CONTENT_TYPE, "application/json");
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

fn read(response: &Response<Bytes>) -> Result<Vec<Answer>, Failure> {
    match response.status() {
        StatusCode::OK => json::<Results>(response.body()).map(|body| body.results),
        StatusCode::UNPROCESSABLE_ENTITY => Err(json::<Refused>(response.body())?.into()),
        StatusCode::TOO_MANY_REQUESTS => Err(Failure::unavailable("answered 429")),
        // 507 Insufficient Storage: the same question would have the same answer.
        StatusCode::INSUFFICIENT_STORAGE => Err(Failure::internal("answer is too large")),
        status if status.is_server_error() => {
            Err(Failure::unavailable(format!("answered {status}")))
        }
        status => Err(Failure::internal(format!("answered {status}"))),
    }
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // What the parser says would quote the answer.
    serde_json::from_slice(body)
        .map_err(|_| Failure::internal("answer is not of the gateway's protocol"))
}

#[async_trait(?Send)]
impl SqlTransport for SqlServerTransport {
    fn dialect(&self) -> Dialect {
        Dialect::SqlServer
    }

    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        for _ in 0..=RETRIES {
            match self.attempt(unit).await {
                Ok(rows) => return Ok(rows),
                Err(Failure::Conflict) => {}
                Err(Failure::Sql(error)) => return Err(error),
            }
        }
        let text = "too many others at the same rows".to_owned();
        Err(SqlError::Unavailable(text))
    }
}
