use anyhow::{Context, Result};
use iam_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Answer, Api, Call};
use crate::failure::Failure;

/// An access token is renewed so long before its end, in seconds: a request takes a while, and
/// clocks differ.
const MARGIN: i64 = 30;

/// A user's tokens. There is no `Debug`: they are secret.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Tokens {
    /// The client they were given to.
    pub(crate) client_id: String,
    pub(crate) access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    /// When the access token ends, in seconds since 1970.
    pub(crate) expires_at: i64,
}

/// The answer to a login or a refresh.
#[derive(Deserialize)]
struct Granted {
    status: String,
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
}

impl Tokens {
    /// The tokens in the answer to a login or a refresh at `now`.
    pub(crate) fn granted(answer: &Answer, client_id: &str, now: Timestamp) -> Result<Self> {
        let granted: Granted = serde_json::from_slice(answer.body())
            .ok()
            .context("the answer to the login cannot be read")?;
        let (Some(access_token), Some(expires_in)) = (granted.access_token, granted.expires_in)
        else {
            let status = crate::console::harmless(&granted.status);
            anyhow::bail!("this login needs a step that this program does not know: {status}");
        };
        Ok(Self {
            client_id: client_id.to_owned(),
            access_token,
            refresh_token: granted.refresh_token,
            expires_at: seconds(now).saturating_add(expires_in),
        })
    }

    /// New tokens for the refresh token, which is used up by it.
    pub(crate) async fn refreshed(&self, api: &Api) -> Result<Self> {
        let over = || Failure::Unauthenticated("the login is over: run `iam login`".to_owned());
        let token = self.refresh_token.as_ref().ok_or_else(over)?;
        let body = json!({"client_id": self.client_id, "refresh_token": token});
        let answer = api.send(&Call::post("/auth/refresh").json(&body)).await;
        match answer {
            Ok(answer) => Self::granted(&answer, &self.client_id, api.now()),
            Err(error) => match error.downcast_ref::<Failure>() {
                // It was used up, revoked, or its user is shut out.
                Some(Failure::Unauthenticated(_)) => Err(over().into()),
                Some(Failure::Refused(problem)) if matches!(problem.status(), 400 | 403) => {
                    Err(over().into())
                }
                _ => Err(error),
            },
        }
    }
}

/// Whether a token that ends at `end`, in seconds since 1970, is not good for another request.
pub(super) const fn is_ending(end: i64, now: Timestamp) -> bool {
    end <= seconds(now) + MARGIN
}

const fn seconds(time: Timestamp) -> i64 {
    time.as_millis().div_euclid(1000)
}
