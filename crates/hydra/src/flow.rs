use std::mem;

use http::{Method, header};
use iam_model::{RedirectUri, Scope, ScopeToken, Secret, UserId};
use iam_security::{Pkce, random_token};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::{
    Hydra, HydraError, OAuthError, TokenRequest, Tokens,
    http::{Outgoing, path_only},
    jar::Jar,
};

/// What a client asks Hydra for.
pub struct AuthorizationRequest<'a> {
    /// The client.
    pub client_id: &'a str,
    /// One of the client's redirect URIs; nothing is ever sent there.
    pub redirect_uri: &'a RedirectUri,
    /// What it asks for.
    pub scope: &'a Scope,
}

/// What the login and consent steps answer.
pub struct Grant<'a, C> {
    /// Who logged in.
    pub subject: UserId,
    /// The assurance level, for the ID token.
    pub acr: &'a str,
    /// The methods used, for the ID token.
    pub amr: &'a [&'a str],
    /// The audience of the access token.
    pub audience: &'a [&'a str],
    /// Our claims: an object with `access_token` and `id_token`.
    pub claims: &'a C,
}

/// An authorization code flow with PKCE that waits for its user.
pub struct CodeFlow<'a> {
    hydra: &'a Hydra,
    request: AuthorizationRequest<'a>,
    login_challenge: String,
    state: Secret<String>,
    pkce: Pkce,
    jar: Jar,
}

#[derive(Serialize)]
struct AcceptLogin<'a> {
    subject: String,
    acr: &'a str,
    amr: &'a [&'a str],
}

#[derive(Serialize)]
struct AcceptConsent<'a, C> {
    grant_scope: Vec<&'a str>,
    grant_access_token_audience: &'a [&'a str],
    session: &'a C,
}

#[derive(Deserialize)]
struct Accepted {
    redirect_to: String,
}

impl Hydra {
    /// The first hop of the code flow. It needs no user, so it can run while a password is being
    /// verified; a flow that is not finished leaves nothing behind.
    pub async fn begin<'a>(
        &'a self,
        request: AuthorizationRequest<'a>,
    ) -> Result<CodeFlow<'a>, HydraError> {
        let pkce = Pkce::generate(&*self.platform);
        let state = random_token(&*self.platform);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", request.client_id)
            .append_pair("redirect_uri", request.redirect_uri.as_str())
            .append_pair("scope", &request.scope.to_string())
            .append_pair("state", state.expose())
            .append_pair("code_challenge", &pkce.challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let mut jar = Jar::default();
        let path = format!("/oauth2/auth?{query}");
        let location = self.follow(&mut jar, &path).await?;
        let login_challenge = parameter(&location, "login_challenge")?;
        Ok(CodeFlow {
            hydra: self,
            request,
            login_challenge,
            state,
            pkce,
            jar,
        })
    }

    /// One hop of a browser: the URL that Hydra sends it to.
    async fn follow(&self, jar: &mut Jar, path: &str) -> Result<Url, HydraError> {
        let cookies = jar.header();
        let headers = [(header::COOKIE.as_str(), cookies.as_str())];
        let headers = if cookies.is_empty() {
            &[][..]
        } else {
            &headers[..]
        };
        let response = self
            .send(&self.settings.public, Outgoing::get(path, headers))
            .await?;
        jar.store(response.headers());
        if !response.status().is_redirection() {
            let (status, body) = (response.status(), response.body());
            return Err(HydraError::from_answer(path_only(path), status, body));
        }
        let location = response.headers().get(header::LOCATION);
        location
            .and_then(|value| Url::parse(value.to_str().ok()?).ok())
            .ok_or_else(|| HydraError::internal("redirect without a usable location"))
    }
}

impl CodeFlow<'_> {
    /// Goes through login and consent as `grant` says and redeems the code.
    pub async fn finish<C: Serialize>(
        mut self,
        grant: &Grant<'_, C>,
    ) -> Result<Tokens, HydraError> {
        let consent = self.accept_login(grant).await?;
        let code = self.accept_consent(&consent, grant).await?;
        let request = TokenRequest::AuthorizationCode {
            client_id: self.request.client_id,
            redirect_uri: self.request.redirect_uri,
            code: &code,
            code_verifier: &self.pkce.verifier,
        };
        self.hydra.token(&request).await
    }

    async fn accept_login<C>(&mut self, grant: &Grant<'_, C>) -> Result<String, HydraError> {
        let accept = AcceptLogin {
            subject: grant.subject.to_string(),
            acr: grant.acr,
            amr: grant.amr,
        };
        let challenge = mem::take(&mut self.login_challenge);
        let url = self
            .accept("login", ("login_challenge", &challenge), &accept)
            .await?;
        parameter(&url, "consent_challenge")
    }

    async fn accept_consent<C: Serialize>(
        &mut self,
        challenge: &str,
        grant: &Grant<'_, C>,
    ) -> Result<Secret<String>, HydraError> {
        let scope: Vec<_> = self
            .request
            .scope
            .tokens()
            .map(ScopeToken::as_str)
            .collect();
        let accept = AcceptConsent {
            grant_scope: scope,
            grant_access_token_audience: grant.audience,
            session: grant.claims,
        };
        let url = self
            .accept("consent", ("consent_challenge", challenge), &accept)
            .await?;
        // RFC 9700 §4.7.1: the answer must belong to the request this flow sent.
        if parameter(&url, "state")? != *self.state.expose() {
            return Err(HydraError::internal("answer to another request"));
        }
        parameter(&url, "code").map(Secret::new)
    }

    /// Accepts a step and follows Hydra to the next.
    async fn accept(
        &mut self,
        step: &str,
        challenge: (&str, &str),
        accept: &impl Serialize,
    ) -> Result<Url, HydraError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(challenge.0, challenge.1)
            .finish();
        let path = format!("/admin/oauth2/auth/requests/{step}/accept?{query}");
        let accepted: Accepted = self.hydra.admin(Method::PUT, &path, accept).await?;
        // Hydra names its public self; we go on over the internal binding.
        let next = Url::parse(&accepted.redirect_to)
            .map_err(|_| HydraError::internal("redirect_to is not a URL"))?;
        let path = format!("/oauth2/auth?{}", next.query().unwrap_or_default());
        self.hydra.follow(&mut self.jar, &path).await
    }
}

/// A parameter of the URL that a browser would be sent to; the OAuth error in it if there is one.
fn parameter(url: &Url, name: &str) -> Result<String, HydraError> {
    let find = |wanted: &str| {
        url.query_pairs()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    if let Some(error) = find("error") {
        let error_description = find("error_description").unwrap_or_default();
        return Err(HydraError::Refused(OAuthError {
            error,
            error_description,
        }));
    }
    find(name).ok_or_else(|| HydraError::internal(format!("redirect without {name}")))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::parameter;
    use crate::HydraError;

    #[test]
    fn an_error_in_a_redirect_is_a_refusal() {
        let url = Url::parse("https://x/?error=invalid_scope&error_description=no+such").unwrap();
        let Err(HydraError::Refused(error)) = parameter(&url, "login_challenge") else {
            panic!("not refused");
        };
        assert_eq!(
            (error.error.as_str(), error.error_description.as_str()),
            ("invalid_scope", "no such")
        );
        let url = Url::parse("https://x/?login_challenge=a%2Bb").unwrap();
        assert_eq!(parameter(&url, "login_challenge").unwrap(), "a+b");
        assert!(matches!(
            parameter(&url, "code"),
            Err(HydraError::Internal(_))
        ));
    }
}
