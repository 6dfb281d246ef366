use iam_model::{ClientId, Scope, ScopeToken, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{
    Hydra, HydraError, OAuthError,
    challenge::Step,
    login_request::{LoginWishes, subject},
};

/// A browser whose user has logged in and may have to agree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsentRequest {
    /// The client that asks.
    pub client_id: ClientId,
    /// What it asks for.
    pub requested_scope: Scope,
    /// Whom the tokens are to be for; empty for the default.
    pub requested_audience: Vec<String>,
    /// Whether the user has agreed to this before, and wanted that to be remembered.
    pub skip: bool,
    /// Who logged in.
    pub subject: UserId,
    /// The login session, the `sid` of ID tokens.
    pub session_id: Option<String>,
    /// The assurance level of the login.
    pub acr: String,
    /// Its methods.
    pub amr: Vec<String>,
    /// The context that the login was accepted with; null if none.
    pub context: Value,
    /// The authorization URL that the browser came with.
    pub request_url: Url,
    /// What the client says of the login it wants.
    pub wishes: LoginWishes,
}

/// That the user has agreed, or need not.
pub struct AcceptConsent<'a, C> {
    /// What is granted of what was asked for.
    pub grant_scope: &'a Scope,
    /// Whom the access token is for.
    pub grant_access_token_audience: &'a [&'a str],
    /// Whether Hydra remembers it, until it is revoked.
    pub remember: bool,
    /// Our claims: an object with `access_token` and `id_token`.
    pub session: &'a C,
}

#[derive(Deserialize)]
struct WireClient {
    client_id: ClientId,
}

#[derive(Deserialize)]
struct Wire {
    client: WireClient,
    requested_scope: Vec<ScopeToken>,
    requested_access_token_audience: Vec<String>,
    skip: bool,
    subject: String,
    #[serde(default)]
    login_session_id: Option<String>,
    #[serde(default)]
    acr: String,
    #[serde(default)]
    amr: Vec<String>,
    #[serde(default)]
    context: Value,
    request_url: Url,
}

#[derive(Serialize)]
struct WireAccept<'a, C> {
    grant_scope: Vec<&'a str>,
    grant_access_token_audience: &'a [&'a str],
    remember: bool,
    session: &'a C,
}

impl Hydra {
    /// The consent request behind `challenge`; [`HydraError::Challenge`] if there is none.
    pub async fn consent_request(&self, challenge: &str) -> Result<ConsentRequest, HydraError> {
        self.challenge::<Wire>(Step::Consent, challenge)
            .await?
            .try_into()
    }

    /// Tells Hydra what is granted, and gives the URL at which the browser goes on.
    pub async fn accept_consent_request<C: Serialize>(
        &self,
        challenge: &str,
        accept: &AcceptConsent<'_, C>,
    ) -> Result<Url, HydraError> {
        let body = WireAccept {
            grant_scope: accept
                .grant_scope
                .tokens()
                .map(ScopeToken::as_str)
                .collect(),
            grant_access_token_audience: accept.grant_access_token_audience,
            remember: accept.remember,
            session: accept.session,
        };
        self.accept(Step::Consent, challenge, &body).await
    }

    /// Tells Hydra that nothing is granted, and gives the URL at which the browser goes on.
    pub async fn reject_consent_request(
        &self,
        challenge: &str,
        error: &OAuthError,
    ) -> Result<Url, HydraError> {
        self.reject(Step::Consent, challenge, error).await
    }
}

impl TryFrom<Wire> for ConsentRequest {
    type Error = HydraError;

    fn try_from(wire: Wire) -> Result<Self, HydraError> {
        Ok(Self {
            client_id: wire.client.client_id,
            requested_scope: wire.requested_scope.into_iter().collect(),
            requested_audience: wire.requested_access_token_audience,
            skip: wire.skip,
            subject: subject(&wire.subject)?
                .ok_or_else(|| HydraError::internal("consent of nobody"))?,
            session_id: wire.login_session_id.filter(|id| !id.is_empty()),
            acr: wire.acr,
            amr: wire.amr,
            context: wire.context,
            wishes: LoginWishes::of(&wire.request_url),
            request_url: wire.request_url,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ConsentRequest, Wire};
    use crate::HydraError;

    #[test]
    fn a_consent_request_names_who_logged_in_and_how() {
        let mut request = json!({
            "requested_scope": ["openid"],
            "requested_access_token_audience": [],
            "skip": true,
            "subject": "01970000-0000-7000-8000-000000000000",
            "client": { "client_id": "web" },
            "request_url": "https://id.example/oauth2/auth?client_id=web",
            "login_session_id": "s",
            "acr": "mfa",
            "amr": ["pwd", "otp"],
            "context": { "a": 1 },
        });
        let wire: Wire = serde_json::from_value(request.clone()).unwrap();
        let read = ConsentRequest::try_from(wire).unwrap();
        assert_eq!((read.acr.as_str(), read.skip), ("mfa", true));
        assert_eq!(read.context, json!({ "a": 1 }));
        request["subject"] = "".into();
        let wire: Wire = serde_json::from_value(request).unwrap();
        let nobody = ConsentRequest::try_from(wire);
        assert!(matches!(nobody, Err(HydraError::Internal(_))));
    }
}
