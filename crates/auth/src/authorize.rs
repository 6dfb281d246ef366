mod check;
mod error;
mod parameters;
mod pushed;
mod reply;

use http::HeaderValue;
use iam_hydra::{BrowserEndpoint, Hop, HydraError};
use iam_model::{Client, RedirectUri, Tenant, TenantStatus};

pub use error::AuthorizationError;
pub use parameters::Parameters;
pub use pushed::{PushError, PushedRequest, push};

use self::{check::Checked, pushed::Pushed, reply::Reply};
pub(crate) use self::{parameters::asked_afresh, pushed::hold, reply::with_query};
use crate::{AuthError, BrowserPorts};

/// Where a browser goes on, and what it keeps.
#[derive(Debug)]
pub struct Onward {
    /// The page.
    pub url: String,
    /// Hydra's cookies.
    pub cookies: Vec<HeaderValue>,
}

/// Why a browser gets no redirect to the client.
#[derive(Debug)]
pub enum AuthorizeError {
    /// Nobody can be sent to a client that is unknown, or to a redirect URI that is not its own
    /// (RFC 6749 §4.1.2.1, RFC 9700 §4.11): the page of the tenant's app if there is one.
    Untrusted(AuthorizationError, Option<RedirectUri>),
    /// It cannot be known who asks.
    Failed(AuthError),
}

impl<E: Into<AuthError>> From<E> for AuthorizeError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// An authorization request (RFC 6749 §4.1.1): all of it is checked here before Hydra sees it, and
/// what Hydra answers is put into our words.
///
/// A browser comes more than once in one flow: Hydra sends it here after the login and after the
/// consent with a verifier, which only Hydra can have made.
pub async fn authorize(
    ports: &BrowserPorts<'_>,
    parameters: Parameters,
    cookies: Option<&HeaderValue>,
) -> Result<Onward, AuthorizeError> {
    let (tenant, client) = client(ports, &parameters).await?;
    let untrusted = |error| AuthorizeError::Untrusted(error, error_page(&client, &tenant));
    let (parameters, pushed) = match pushed::take(ports, &client.id, &parameters).await? {
        Pushed::None => (parameters, false),
        Pushed::Parameters(pushed) => (pushed, true),
        Pushed::Unknown => return Err(untrusted(AuthorizationError::INVALID_REQUEST_URI)),
    };
    let redirect_uri = check::redirect_uri(&parameters, &client).map_err(untrusted)?;
    let reply = Reply::new(redirect_uri, &parameters, ports.issuer);
    let checked = check::pushed(&parameters, &client, pushed)
        .and_then(|()| Checked::new(&parameters, &client, ports.issuer));
    let query = match checked {
        Ok(checked) => checked.for_hydra(),
        Err(error) => return Ok(reply.error(error)),
    };
    let endpoint = BrowserEndpoint::Authorization;
    Ok(match ports.hydra.browse(endpoint, &query, cookies).await {
        Ok(hop) => onward(ports, &reply, hop),
        Err(error) => {
            let line = format!("authorization request failed: {error}");
            ports.platform.log(&line);
            reply.error(match error {
                HydraError::Unavailable(_) => AuthorizationError::TEMPORARILY_UNAVAILABLE,
                _ => AuthorizationError::SERVER_ERROR,
            })
        }
    })
}

/// Hydra sends the browser to a page of ours, or to the client.
fn onward(ports: &BrowserPorts<'_>, reply: &Reply<'_>, hop: Hop) -> Onward {
    let ours = format!("{}/oauth2/", ports.issuer);
    let url = hop.location.as_str();
    let error = hop.location.query_pairs().find(|(name, _)| name == "error");
    if let Some((_, error)) = error {
        let line = format!("hydra refused an authorization request: {error}");
        ports.platform.log(&line);
        return Onward {
            cookies: hop.cookies,
            ..reply.error(AuthorizationError::of_hydra(&error))
        };
    }
    if url.starts_with(&ours) && reply.is_not_to(&hop.location) {
        return Onward {
            url: url.to_owned(),
            cookies: hop.cookies,
        };
    }
    let code = hop.location.query_pairs().find(|(name, _)| name == "code");
    let onward = match code {
        Some((_, code)) => reply.code(&code),
        None => reply.error(AuthorizationError::SERVER_ERROR),
    };
    Onward {
        cookies: hop.cookies,
        ..onward
    }
}

/// The client that `parameters` name, if it may be talked to at all.
pub(crate) async fn client(
    ports: &BrowserPorts<'_>,
    parameters: &Parameters,
) -> Result<(Tenant, Client), AuthorizeError> {
    let unknown = || AuthorizeError::Untrusted(AuthorizationError::UNKNOWN_CLIENT, None);
    let id = parameters.once("client_id").map_err(|_| unknown())?;
    let id = id.and_then(|id| id.parse().ok()).ok_or_else(unknown)?;
    let found = ports.storage.principals().find_by_client(&id).await?;
    found
        .filter(|(tenant, _)| tenant.status == TenantStatus::Active)
        .ok_or_else(unknown)
}

/// The page of an app for browsers that cannot go on.
fn error_page(client: &Client, tenant: &Tenant) -> Option<RedirectUri> {
    let own = client.details.error_uri.as_ref();
    own.or(tenant.settings.pages.error_uri.as_ref()).cloned()
}
