use iam_model::{ClientId, UserId};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::{Hydra, HydraError, challenge::Step, login_request::subject};

/// A browser whose user wants to log out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogoutRequest {
    /// Who logs out.
    pub subject: UserId,
    /// The session that ends.
    pub session_id: Option<String>,
    /// Whether a client asks for it with an ID token of that session (OIDC RP-Initiated Logout
    /// §2), and not just a link.
    pub rp_initiated: bool,
    /// The client, if one asks.
    pub client_id: Option<ClientId>,
    /// The URL that the browser came with.
    pub request_url: String,
}

#[derive(Deserialize)]
struct WireClient {
    client_id: ClientId,
}

#[derive(Deserialize)]
struct Wire {
    subject: String,
    #[serde(default)]
    sid: Option<String>,
    rp_initiated: bool,
    #[serde(default)]
    client: Option<WireClient>,
    request_url: String,
}

impl Hydra {
    /// The logout request behind `challenge`; [`HydraError::Challenge`] if there is none.
    pub async fn logout_request(&self, challenge: &str) -> Result<LogoutRequest, HydraError> {
        self.challenge::<Wire>(Step::Logout, challenge)
            .await?
            .try_into()
    }

    /// Tells Hydra that the user agrees, and gives the URL at which the browser goes on.
    pub async fn accept_logout_request(&self, challenge: &str) -> Result<Url, HydraError> {
        self.accept(Step::Logout, challenge, &json!({})).await
    }
}

impl TryFrom<Wire> for LogoutRequest {
    type Error = HydraError;

    fn try_from(wire: Wire) -> Result<Self, HydraError> {
        Ok(Self {
            subject: subject(&wire.subject)?
                .ok_or_else(|| HydraError::internal("logout of nobody"))?,
            session_id: wire.sid.filter(|id| !id.is_empty()),
            rp_initiated: wire.rp_initiated,
            client_id: wire.client.map(|client| client.client_id),
            request_url: wire.request_url,
        })
    }
}
