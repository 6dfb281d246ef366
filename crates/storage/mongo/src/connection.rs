use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use iam_config::Endpoint;
use iam_model::{Timestamp, hex};
use iam_platform::{Platform, random};
use iam_storage_ports::StorageError;
use serde::{Deserialize, Serialize};

use crate::document::Document;

/// The way to one database behind a gateway.
pub(crate) struct Connection {
    platform: Rc<dyn Platform>,
    url: String,
    /// The gateway's name for the database.
    database: String,
    authorization: Option<HeaderValue>,
}

#[derive(Serialize)]
struct Body<'a, C> {
    database: &'a str,
    commands: &'a [C],
}

/// The answers to the commands of a request.
#[derive(Deserialize)]
pub(crate) struct Answers {
    pub(crate) results: Vec<Answer>,
    /// Whether the last of them had to do more than it did.
    pub(crate) stopped: bool,
}

/// The answer to one command.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    /// What a query found.
    #[serde(default)]
    pub(crate) documents: Vec<Document>,
    /// What was changed, as it is now.
    #[serde(default)]
    pub(crate) value: Option<Document>,
    #[serde(flatten)]
    numbers: Option<Document>,
}

/// An error, as the gateway words it.
#[derive(Deserialize)]
struct Refused {
    error: String,
    code: Option<i32>,
    step: Option<usize>,
}

impl Connection {
    pub(crate) fn new(
        platform: Rc<dyn Platform>,
        endpoint: &Endpoint,
        database: String,
        authorization: Option<HeaderValue>,
    ) -> Self {
        Self {
            platform,
            url: endpoint.join("/mongo"),
            database,
            authorization,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.platform.now()
    }

    /// A text that nobody else has.
    pub(crate) fn unique(&self) -> String {
        hex(&random::<16>(&*self.platform))
    }

    /// Runs `commands` one after the other, in one request.
    pub(crate) async fn run<C: Serialize>(&self, commands: &[C]) -> Result<Answers, StorageError> {
        let body = Body {
            database: &self.database,
            commands,
        };
        let json = serde_json::to_vec(&body).map_err(|_| internal("request not encodable"))?;
        let mut request = Request::post(&self.url).header(header::CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request
            .body(Bytes::from(json))
            .map_err(|_| internal("request not valid"))?;
        let response = self.platform.fetch(request).await;
        let response = response.map_err(|error| StorageError::Unavailable(error.to_string()))?;
        if response.status() != StatusCode::OK {
            return Err(refusal(response.status(), response.body()));
        }
        // What the parser says would quote the answer.
        let answers: Answers = serde_json::from_slice(response.body())
            .map_err(|_| internal("answer is not of the gateway"))?;
        if answers.results.len() > commands.len()
            || (answers.results.len() < commands.len() && !answers.stopped)
        {
            return Err(internal("answers to something else"));
        }
        Ok(answers)
    }
}

impl Answer {
    /// How many documents it is about.
    pub(crate) fn count(&self) -> u64 {
        let number = self
            .numbers
            .as_ref()
            .and_then(|numbers| numbers.number("n"));
        number.map_or(0, |number| u64::try_from(number).unwrap_or_default())
    }
}

pub(crate) fn internal(text: &str) -> StorageError {
    StorageError::Internal(text.to_owned())
}

fn refusal(status: StatusCode, body: &Bytes) -> StorageError {
    match status {
        StatusCode::BAD_REQUEST => {
            let Ok(refused) = serde_json::from_slice::<Refused>(body) else {
                return internal("answer is not of the gateway");
            };
            let Refused { error, code, step } = refused;
            let text = match (step, code) {
                (Some(step), Some(code)) => format!("command {step}: code {code}"),
                (Some(step), None) => format!("command {step}: {error}"),
                (None, _) => error,
            };
            StorageError::Internal(text)
        }
        // 507: the same question would have the same answer.
        StatusCode::INSUFFICIENT_STORAGE => internal("answer is too large"),
        StatusCode::TOO_MANY_REQUESTS => StorageError::Unavailable("answered 429".to_owned()),
        status if status.is_server_error() => {
            StorageError::Unavailable(format!("answered {status}"))
        }
        status => StorageError::Internal(format!("answered {status}")),
    }
}
