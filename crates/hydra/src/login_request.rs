use iam_model::{ClientId, Scope, ScopeToken, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{Hydra, HydraError, OAuthError, challenge::Step};

/// A browser that waits for its user to log in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoginRequest {
    /// The client that asks.
    pub client_id: ClientId,
    /// What it asks for.
    pub requested_scope: Scope,
    /// Whom the tokens are to be for; empty for the default.
    pub requested_audience: Vec<String>,
    /// Whether Hydra remembers the login of `subject` in this browser. It is for us to say
    /// whether that is enough.
    pub skip: bool,
    /// Who is remembered.
    pub subject: Option<UserId>,
    /// The login session, the `sid` of ID tokens. A remembered session has its id again.
    pub session_id: Option<String>,
    /// The authorization URL that the browser came with.
    pub request_url: Url,
    /// What the client says of the login it wants.
    pub wishes: LoginWishes,
}

/// What a client says of the login it wants (OIDC Core §3.1.2.1).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LoginWishes {
    /// The assurance levels it wants, the best first.
    pub acr_values: Vec<String>,
    /// Seconds since the login that are too many.
    pub max_age: Option<u64>,
    /// Who it thinks will log in.
    pub login_hint: Option<String>,
    /// Whether pages may, or must, be shown.
    pub prompt: Vec<String>,
    /// The languages its user reads, the best first.
    pub ui_locales: Vec<String>,
}

/// That somebody has logged in.
pub struct AcceptLogin<'a> {
    /// Who.
    pub subject: UserId,
    /// The assurance level reached.
    pub acr: &'a str,
    /// The methods used to reach it.
    pub amr: &'a [&'a str],
    /// For how many seconds Hydra remembers it in this browser; `None` for not at all.
    pub remember_for: Option<u32>,
    /// What the consent step is to know; null for nothing.
    pub context: Value,
}

/// What stands for `prompt=none` in what Hydra is told. Hydra would refuse it wherever it remembers
/// no consent, also for clients that need none.
pub const NO_PAGES: &str = "no_pages";

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
    #[serde(default)]
    subject: String,
    #[serde(default)]
    session_id: Option<String>,
    request_url: Url,
}

#[derive(Serialize)]
struct WireAccept<'a> {
    subject: UserId,
    acr: &'a str,
    amr: &'a [&'a str],
    remember: bool,
    remember_for: u32,
    context: &'a Value,
}

impl Hydra {
    /// The login request behind `challenge`; [`HydraError::Challenge`] if there is none.
    pub async fn login_request(&self, challenge: &str) -> Result<LoginRequest, HydraError> {
        self.challenge::<Wire>(Step::Login, challenge)
            .await?
            .try_into()
    }

    /// Tells Hydra who has logged in, and gives the URL at which the browser goes on.
    pub async fn accept_login_request(
        &self,
        challenge: &str,
        accept: &AcceptLogin<'_>,
    ) -> Result<Url, HydraError> {
        let body = WireAccept {
            subject: accept.subject,
            acr: accept.acr,
            amr: accept.amr,
            remember: accept.remember_for.is_some(),
            remember_for: accept.remember_for.unwrap_or_default(),
            context: &accept.context,
        };
        self.accept(Step::Login, challenge, &body).await
    }

    /// Tells Hydra that nobody logs in, and gives the URL at which the browser goes on.
    pub async fn reject_login_request(
        &self,
        challenge: &str,
        error: &OAuthError,
    ) -> Result<Url, HydraError> {
        self.reject(Step::Login, challenge, error).await
    }
}

impl TryFrom<Wire> for LoginRequest {
    type Error = HydraError;

    fn try_from(wire: Wire) -> Result<Self, HydraError> {
        Ok(Self {
            client_id: wire.client.client_id,
            requested_scope: wire.requested_scope.into_iter().collect(),
            requested_audience: wire.requested_access_token_audience,
            skip: wire.skip,
            subject: subject(&wire.subject)?,
            session_id: wire.session_id.filter(|id| !id.is_empty()),
            wishes: LoginWishes::of(&wire.request_url),
            request_url: wire.request_url,
        })
    }
}

impl LoginWishes {
    /// What an authorization URL says of them. A `max_age` that is no number is nobody's wish:
    /// such a request has not come this far.
    #[must_use]
    pub fn of(request_url: &Url) -> Self {
        let mut wishes = Self::default();
        for (name, value) in request_url.query_pairs() {
            let words = || value.split_whitespace().map(str::to_owned).collect();
            match &*name {
                "acr_values" => wishes.acr_values = words(),
                "max_age" => wishes.max_age = value.parse().ok(),
                "login_hint" => wishes.login_hint = Some(value.into_owned()),
                "prompt" => wishes.prompt = words(),
                NO_PAGES => wishes.prompt = vec!["none".to_owned()],
                "ui_locales" => wishes.ui_locales = words(),
                _ => {}
            }
        }
        wishes
    }

    /// Whether no page may be shown (OIDC Core §3.1.2.1).
    #[must_use]
    pub fn no_pages(&self) -> bool {
        self.prompt.iter().any(|prompt| prompt == "none")
    }
}

/// The subject that Hydra names; it names nobody by an empty text.
pub(crate) fn subject(text: &str) -> Result<Option<UserId>, HydraError> {
    if text.is_empty() {
        return Ok(None);
    }
    let id = text
        .parse()
        .map_err(|_| HydraError::internal("a subject that is no user id"))?;
    Ok(Some(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{LoginRequest, Wire};

    #[test]
    fn a_login_request_is_read_from_what_hydra_says_of_it() {
        let wire: Wire = serde_json::from_value(json!({
            "challenge": "c",
            "requested_scope": ["openid", "profile"],
            "requested_access_token_audience": ["https://api.example"],
            "skip": false,
            "subject": "",
            "oidc_context": {},
            "client": { "client_id": "web", "client_name": "Web" },
            "request_url": "https://id.example/oauth2/auth?client_id=web&prompt=login+consent\
                &max_age=60&acr_values=mfa%20pwd&login_hint=alice&ui_locales=de+en",
            "session_id": "s",
        }))
        .unwrap();
        let request = LoginRequest::try_from(wire).unwrap();
        assert_eq!(request.client_id.as_str(), "web");
        assert_eq!(request.requested_scope.to_string(), "openid profile");
        assert_eq!(request.subject, None);
        let wishes = &request.wishes;
        assert_eq!(wishes.prompt, ["login", "consent"]);
        assert_eq!((wishes.max_age, wishes.no_pages()), (Some(60), false));
        assert_eq!(wishes.acr_values, ["mfa", "pwd"]);
        assert_eq!(wishes.login_hint.as_deref(), Some("alice"));
        assert_eq!(wishes.ui_locales, ["de", "en"]);
    }
}
