use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use iam_config::Endpoint;
use iam_model::{PasswordHash, Secret};
use iam_platform::Platform;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::password::{HashError, PasswordHasher, Verdict};

/// Asks the `password` component to hash.
#[derive(Deserialize)]
pub struct HashRequest {
    /// The password.
    pub password: Secret<String>,
}

/// The answer to [`HashRequest`].
#[derive(Deserialize, Serialize)]
pub struct HashReply {
    /// The PHC string.
    pub hash: String,
}

/// Asks the `password` component to compare.
#[derive(Deserialize)]
pub struct VerifyRequest {
    /// The password.
    pub password: Secret<String>,
    /// The hash it should have; none for a user who is not there.
    pub hash: Option<PasswordHash>,
}

/// The answer to [`VerifyRequest`].
#[derive(Deserialize, Serialize)]
pub struct VerifyReply {
    /// The outcome.
    pub verdict: Verdict,
}

/// [`HashRequest`] and [`VerifyRequest`] as they are sent: the one place that writes a password.
#[derive(Serialize)]
struct Outgoing<'a> {
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
}

/// Has the private `password` component do the hashing.
pub struct RemoteHasher {
    platform: Rc<dyn Platform>,
    endpoint: Endpoint,
}

impl RemoteHasher {
    /// A hasher that calls the component at `endpoint`.
    #[must_use]
    pub fn new(platform: Rc<dyn Platform>, endpoint: Endpoint) -> Self {
        Self { platform, endpoint }
    }

    async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Outgoing<'_>,
    ) -> Result<T, HashError> {
        let internal = |text: &str| HashError::Internal(text.to_owned());
        let body = serde_json::to_vec(body).map_err(|_| internal("request not encodable"))?;
        let request = Request::post(self.endpoint.join(path))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(body))
            .map_err(|_| internal("request not valid"))?;
        let response = self
            .platform
            .fetch(request)
            .await
            .map_err(|e| HashError::Unavailable(e.to_string()))?;
        match response.status() {
            StatusCode::OK => {
                serde_json::from_slice(response.body()).map_err(|_| internal("answer not readable"))
            }
            StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT => Err(HashError::Unavailable(format!(
                "answered {}",
                response.status()
            ))),
            status => Err(HashError::Internal(format!("answered {status}"))),
        }
    }
}

#[async_trait(?Send)]
impl PasswordHasher for RemoteHasher {
    async fn hash(&self, password: &Secret<String>) -> Result<PasswordHash, HashError> {
        let body = Outgoing {
            password: password.expose(),
            hash: None,
        };
        let reply: HashReply = self.call("/password/hash", &body).await?;
        Ok(PasswordHash::new(reply.hash))
    }

    async fn verify(
        &self,
        password: &Secret<String>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashError> {
        let body = Outgoing {
            password: password.expose(),
            hash: hash.map(PasswordHash::expose),
        };
        let reply: VerifyReply = self.call("/password/verify", &body).await?;
        Ok(reply.verdict)
    }
}
