use iam_hydra::{Hydra, LoginRequest, OAuthError};
use iam_model::{Client, Tenant};
use iam_storage_ports::Storage;
use url::Url;

use crate::AuthError;

/// What a login page has to know of the browser that was sent to it.
#[derive(Debug)]
pub struct LoginPage {
    /// The client that the user comes from.
    pub client: Client,
    /// The tenant they log in at.
    pub tenant: Tenant,
    /// What the client asks for.
    pub request: LoginRequest,
}

/// What waits behind `login_challenge`.
pub async fn login_page(
    storage: &dyn Storage,
    hydra: &Hydra,
    login_challenge: &str,
) -> Result<LoginPage, AuthError> {
    let request = hydra.login_request(login_challenge).await?;
    let found = storage.principals().find_by_client(&request.client_id);
    let (tenant, client) = found.await?.ok_or(AuthError::UnknownClient)?;
    Ok(LoginPage {
        client,
        tenant,
        request,
    })
}

/// Why nobody logs in (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LoginRefusal {
    /// The user does not want to.
    #[default]
    AccessDenied,
    /// The page cannot do what it would take.
    InteractionRequired,
    /// The user could not.
    LoginRequired,
    /// The page cannot do its work now.
    TemporarilyUnavailable,
}

impl LoginRefusal {
    const ALL: [Self; 4] = [
        Self::AccessDenied,
        Self::InteractionRequired,
        Self::LoginRequired,
        Self::TemporarilyUnavailable,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

impl std::str::FromStr for LoginRefusal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|error| error.as_str() == text);
        let names = || Self::ALL.map(Self::as_str).join(", ");
        found.ok_or_else(|| format!("must be one of {}", names()))
    }
}

/// Sends the browser back to the client with an error, and gives the URL at which it goes on.
pub async fn reject_login(
    hydra: &Hydra,
    login_challenge: &str,
    refusal: LoginRefusal,
) -> Result<Url, AuthError> {
    let error = OAuthError {
        error: refusal.as_str().to_owned(),
        error_description: "The user did not log in.".to_owned(),
    };
    Ok(hydra.reject_login_request(login_challenge, &error).await?)
}
