use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::{Url, form_urlencoded};

use crate::{
    Hydra, HydraError, OAuthError,
    http::{Outgoing, json, path_only},
};

/// The steps for which Hydra sends a browser to us and waits for our word.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Consent,
    Login,
    Logout,
}

#[derive(Deserialize)]
struct Accepted {
    redirect_to: Url,
}

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Login => "login",
            Self::Logout => "logout",
        }
    }

    fn path(self, action: &str, challenge: &str) -> String {
        let name = self.as_str();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(&format!("{name}_challenge"), challenge)
            .finish();
        format!("/admin/oauth2/auth/requests/{name}{action}?{query}")
    }
}

impl Hydra {
    /// What waits behind `challenge`.
    pub(crate) async fn challenge<T: DeserializeOwned>(
        &self,
        step: Step,
        challenge: &str,
    ) -> Result<T, HydraError> {
        let path = step.path("", challenge);
        let response = self
            .send(&self.settings.admin, Outgoing::get(&path, &[]))
            .await?;
        live(&response)?;
        json(path_only(&path), &response)
    }

    /// Accepts a step. The URL is where the browser goes on; only the browser that began the
    /// flow can, since Hydra looks for its cookie there.
    pub(crate) async fn accept(
        &self,
        step: Step,
        challenge: &str,
        body: &impl Serialize,
    ) -> Result<Url, HydraError> {
        self.redirect(&step.path("/accept", challenge), body).await
    }

    /// Rejects a step. The browser goes on to the client, with the error.
    pub(crate) async fn reject(
        &self,
        step: Step,
        challenge: &str,
        error: &OAuthError,
    ) -> Result<Url, HydraError> {
        self.redirect(&step.path("/reject", challenge), error).await
    }

    async fn redirect(&self, path: &str, body: &impl Serialize) -> Result<Url, HydraError> {
        let response = self.put(path, body).await?;
        let accepted: Accepted = json(path_only(path), &response)?;
        Ok(accepted.redirect_to)
    }

    async fn put(&self, path: &str, body: &impl Serialize) -> Result<Response<Bytes>, HydraError> {
        let response = self.send_json(Method::PUT, path, body).await?;
        live(&response)?;
        Ok(response)
    }
}

/// That a challenge is of no use any more, as Hydra says it: it is unknown or another step's
/// (404), expired (401) or used (409, 410).
fn live(response: &Response<Bytes>) -> Result<(), HydraError> {
    match response.status() {
        StatusCode::NOT_FOUND
        | StatusCode::UNAUTHORIZED
        | StatusCode::CONFLICT
        | StatusCode::GONE => Err(HydraError::Challenge),
        _ => Ok(()),
    }
}
