use http::{HeaderValue, header};
use url::Url;

use crate::{Hydra, HydraError, http::Outgoing};

/// What of Hydra a browser walks through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BrowserEndpoint {
    /// RFC 6749 §3.1.
    Authorization,
    /// OIDC RP-Initiated Logout §2.
    EndSession,
}

/// Where Hydra sends a browser, and what it is to keep.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The page to go on to.
    pub location: Url,
    /// The values of `Set-Cookie`.
    pub cookies: Vec<HeaderValue>,
}

impl BrowserEndpoint {
    const fn path(self) -> &'static str {
        match self {
            Self::Authorization => "/oauth2/auth",
            Self::EndSession => "/oauth2/sessions/logout",
        }
    }
}

impl Hydra {
    /// One hop of a browser that has these cookies. Hydra answers a browser with redirects alone.
    pub async fn browse(
        &self,
        endpoint: BrowserEndpoint,
        query: &str,
        cookies: Option<&HeaderValue>,
    ) -> Result<Hop, HydraError> {
        let cookies = cookies.and_then(|value| value.to_str().ok());
        let headers: Vec<_> = cookies
            .map(|value| (header::COOKIE.as_str(), value))
            .into_iter()
            .collect();
        let query = self.with_hydras_hint(query).await?;
        let path = format!("{}?{query}", endpoint.path());
        let response = self
            .send(&self.settings.public, Outgoing::get(&path, &headers))
            .await?;
        if !response.status().is_redirection() {
            let (status, body) = (response.status(), response.body());
            return Err(HydraError::from_answer(endpoint.path(), status, body));
        }
        let location = response.headers().get(header::LOCATION);
        let location = location
            .and_then(|value| Url::parse(value.to_str().ok()?).ok())
            .ok_or_else(|| HydraError::internal("redirect without a usable location"))?;
        let cookies = response.headers().get_all(header::SET_COOKIE);
        Ok(Hop {
            location,
            cookies: cookies.iter().cloned().collect(),
        })
    }
}
