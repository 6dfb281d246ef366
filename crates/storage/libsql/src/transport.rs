use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request as HttpRequest, Response, StatusCode, header};
use iam_config::Endpoint;
use iam_platform::Platform;
use iam_storage_sql::{Dialect, Row, SqlError, SqlTransport, Statement};
use serde::de::DeserializeOwned;

use crate::{
    answer::{Answer, BatchResult, StmtResult},
    batch::Plan,
    error::Failure,
    request::{Pipeline, Request},
};

/// How often a unit of work is tried again that found the database locked. There is no pause in
/// between: the server has itself waited for the lock before it said so.
const RETRIES: usize = 3;

/// A libSQL server that speaks Hrana 3, such as `sqld`, Turso or our gateway.
pub struct LibSqlTransport {
    platform: Rc<dyn Platform>,
    url: String,
    authorization: Option<HeaderValue>,
}

impl LibSqlTransport {
    /// The server at `endpoint`, which wants to see `authorization`, if anything.
    #[must_use]
    pub fn new(
        platform: Rc<dyn Platform>,
        endpoint: &Endpoint,
        authorization: Option<HeaderValue>,
    ) -> Self {
        Self {
            platform,
            url: endpoint.join("/v3/pipeline"),
            authorization,
        }
    }

    async fn attempt(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, Failure> {
        if let [statement] = unit
            && statement.guard().is_none()
        {
            let stmt = statement.into();
            let result: StmtResult = self.send(Request::Execute { stmt }).await?;
            return Ok(vec![result.into_rows()?]);
        }
        let plan = Plan::new(unit);
        let batch = plan.batch();
        let result: BatchResult = self.send(Request::Batch { batch }).await?;
        plan.read(result)
    }

    async fn send<T: DeserializeOwned>(&self, request: Request<'_>) -> Result<T, Failure> {
        let body = serde_json::to_vec(&Pipeline::single(request))
            .map_err(|_| Failure::internal("request not encodable"))?;
        let mut http =
            HttpRequest::post(&self.url).header(header::CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            http = http.header(header::AUTHORIZATION, authorization);
        }
        let http = http
            .body(Bytes::from(body))
            .map_err(|_| Failure::internal("request not valid"))?;
        let response = self.platform.fetch(http).await;
        let response = response.map_err(|e| Failure::unavailable(e.to_string()))?;
        read(&response)?.into_first()
    }
}

/// An error of SQL comes with 200; another status says that the pipeline was not run.
fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<Answer<T>, Failure> {
    match response.status() {
        // What the parser says would quote the answer.
        StatusCode::OK => serde_json::from_slice(response.body())
            .map_err(|_| Failure::internal("answer is not of Hrana 3")),
        StatusCode::TOO_MANY_REQUESTS => Err(Failure::unavailable("answered 429")),
        status if status.is_server_error() => {
            Err(Failure::unavailable(format!("answered {status}")))
        }
        status => Err(Failure::internal(&format!("answered {status}"))),
    }
}

#[async_trait(?Send)]
impl SqlTransport for LibSqlTransport {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        let mut outcome = self.attempt(unit).await;
        for _ in 0..RETRIES {
            if !matches!(outcome, Err(Failure::Busy)) {
                break;
            }
            outcome = self.attempt(unit).await;
        }
        Ok(outcome?)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use async_trait::async_trait;
    use bytes::Bytes;
    use futures_util::FutureExt;
    use http::{Request, Response};
    use iam_config::Endpoint;
    use iam_model::Timestamp;
    use iam_platform::{FetchError, Platform};
    use iam_storage_sql::{SqlError, SqlTransport, Statement};

    use super::LibSqlTransport;

    const BUSY: &str = r#"{"results":[{"type":"error",
        "error":{"message":"SQLite error: database is locked","code":"SQLITE_BUSY"}}]}"#;
    const DONE: &str = r#"{"results":[{"type":"ok",
        "response":{"type":"execute","result":{"rows":[]}}}]}"#;

    /// A server with these answers, the last first.
    struct Server(RefCell<Vec<(u16, &'static str)>>);

    #[async_trait(?Send)]
    impl Platform for Server {
        async fn fetch(&self, _: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
            let answer = self.0.borrow_mut().pop();
            let (status, body) = answer.ok_or(FetchError::Timeout)?;
            let response = Response::builder().status(status).body(body.into());
            Ok(response.unwrap())
        }

        fn now(&self) -> Timestamp {
            Timestamp::default()
        }

        fn fill_random(&self, _: &mut [u8]) {}

        fn variable(&self, _: &str) -> Option<String> {
            None
        }

        fn log(&self, _: &str) {}
    }

    /// What becomes of a statement, and how many answers are left.
    fn execute(answers: &[(u16, &'static str)]) -> (Result<usize, SqlError>, usize) {
        let server = Rc::new(Server(RefCell::new(answers.to_vec())));
        let endpoint = Endpoint::parse("http://127.0.0.1:9").unwrap();
        let transport = LibSqlTransport::new(server.clone(), &endpoint, None);
        let unit = [Statement::new("delete from t")];
        let outcome = transport.execute(&unit).now_or_never().unwrap();
        let left = server.0.borrow().len();
        (outcome.map(|rows| rows.len()), left)
    }

    #[test]
    fn a_locked_database_is_asked_again_but_not_for_ever() {
        assert_eq!(execute(&[(200, DONE), (200, BUSY)]), (Ok(1), 0));
        let (outcome, left) = execute(&[(200, BUSY); 10]);
        assert!(matches!(outcome, Err(SqlError::Unavailable(_))));
        assert_eq!(left, 6);
    }

    #[test]
    fn what_may_have_been_done_is_not_done_again() {
        for answer in [
            (503, ""),
            (200, "<html>"),
            (400, BUSY),
            (200, r#"{"results":[]}"#),
        ] {
            let (outcome, left) = execute(&[(200, DONE), answer]);
            assert!(outcome.is_err(), "{answer:?}");
            assert_eq!(left, 1, "{answer:?}");
        }
    }

    #[test]
    fn a_server_in_trouble_is_unavailable_and_a_strange_one_a_defect() {
        for status in [429, 500, 502, 503] {
            let (outcome, _) = execute(&[(status, "")]);
            assert!(matches!(outcome, Err(SqlError::Unavailable(_))), "{status}");
        }
        for status in [204, 301, 400, 401, 404] {
            let (outcome, _) = execute(&[(status, DONE)]);
            assert!(matches!(outcome, Err(SqlError::Internal(_))), "{status}");
        }
        assert!(matches!(execute(&[]).0, Err(SqlError::Unavailable(_))));
    }
}
