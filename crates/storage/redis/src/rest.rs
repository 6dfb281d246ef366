use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use iam_config::Endpoint;
use iam_platform::Platform;
use iam_storage_ports::EphemeralError;
use serde::{Serialize, de::DeserializeOwned};

use crate::answer::{Outcome, Reply, TransactionOutcome};

/// The protocol: commands are JSON arrays of texts.
pub(crate) struct Rest {
    platform: Rc<dyn Platform>,
    endpoint: Endpoint,
    authorization: Option<HeaderValue>,
}

impl Rest {
    pub(crate) const fn new(
        platform: Rc<dyn Platform>,
        endpoint: Endpoint,
        authorization: Option<HeaderValue>,
    ) -> Self {
        Self {
            platform,
            endpoint,
            authorization,
        }
    }

    /// Runs one command.
    pub(crate) async fn run(&self, command: &[&str]) -> Result<Reply, EphemeralError> {
        let outcome: Outcome = self.post("/", &command).await?;
        outcome.into_reply()
    }

    /// Runs `commands` with nothing in between, and gives the reply of each.
    pub(crate) async fn transaction(
        &self,
        commands: &[&[&str]],
    ) -> Result<Vec<Reply>, EphemeralError> {
        let outcome: TransactionOutcome = self.post("/multi-exec", &commands).await?;
        outcome.into_replies()
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, EphemeralError> {
        let body = serde_json::to_vec(body).map_err(|_| internal("request not encodable"))?;
        let mut request = Request::post(self.endpoint.join(path))
            .header(header::CONTENT_TYPE, "application/json")
            .header("upstash-encoding", "base64");
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request
            .body(Bytes::from(body))
            .map_err(|_| internal("request not valid"))?;
        let response = self.platform.fetch(request).await;
        read(&response.map_err(|e| EphemeralError::Unavailable(e.to_string()))?)
    }
}

/// An error of a command comes with 200 or 400, and tells more than the status does.
fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, EphemeralError> {
    match response.status() {
        // What the parser says would quote the answer.
        StatusCode::OK | StatusCode::BAD_REQUEST => serde_json::from_slice(response.body())
            .map_err(|_| internal("answer is not of Upstash REST")),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(EphemeralError::Unavailable(format!("answered {status}")))
        }
        status => Err(internal(&format!("answered {status}"))),
    }
}

fn internal(text: &str) -> EphemeralError {
    EphemeralError::Internal(text.to_owned())
}
