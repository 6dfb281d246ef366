use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use iam_platform::Platform;
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    answer::{Answer, Outcome, strange},
    error::Failure,
};

/// Statements one after the other. What the server says of the session goes back to it with the
/// next of them, and is nothing to us.
pub(crate) struct Session<'a> {
    pub(crate) platform: &'a dyn Platform,
    pub(crate) url: &'a str,
    pub(crate) authorization: &'a HeaderValue,
    state: Option<Json>,
}

#[derive(Serialize)]
struct Execute<'a> {
    query: &'a str,
    session: Option<&'a Json>,
}

impl<'a> Session<'a> {
    pub(crate) const fn new(
        platform: &'a dyn Platform,
        url: &'a str,
        authorization: &'a HeaderValue,
    ) -> Self {
        Self {
            platform,
            url,
            authorization,
            state: None,
        }
    }

    /// Runs one statement, which has its values in it.
    pub(crate) async fn execute(&mut self, query: &str) -> Result<Outcome, Failure> {
        let session = self.state.as_ref();
        let body = serde_json::to_vec(&Execute { query, session })
            .map_err(|_| Failure::internal("request not encodable"))?;
        let request = Request::post(self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, self.authorization)
            .body(Bytes::from(body))
            .map_err(|_| Failure::internal("request not valid"))?;
        let response = self.platform.fetch(request).await;
        let response = response.map_err(|e| Failure::unavailable(e.to_string()))?;
        let answer = read(&response)?;
        self.state = answer.session;
        match answer.error {
            Some(error) => Err(error.into()),
            None => Ok(answer.result.unwrap_or_default()),
        }
    }
}

/// An error of SQL comes with 200; another status says that nothing was run, or nobody knows.
fn read(response: &Response<Bytes>) -> Result<Answer, Failure> {
    match response.status() {
        StatusCode::OK => {
            serde_json::from_slice(response.body()).map_err(|_| Failure::Sql(strange()))
        }
        StatusCode::TOO_MANY_REQUESTS => Err(Failure::unavailable("answered 429")),
        status if status.is_server_error() => {
            Err(Failure::unavailable(format!("answered {status}")))
        }
        status => Err(Failure::internal(format!("answered {status}"))),
    }
}
