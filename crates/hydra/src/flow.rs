use std::mem;

use iam_model::{RedirectUri, Scope, Secret, UserId};
use iam_security::{Pkce, random_token};
use serde::Serialize;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::{
    AcceptConsent, AcceptLogin, BrowserEndpoint, ClientCredentials, Hydra, HydraError, OAuthError,
    TokenRequest, Tokens, http::json, jar::Jar,
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
    /// For how many seconds the session can be ended with a notice to the client (OIDC
    /// Back-Channel Logout §2); `None` for not at all.
    pub session_for: Option<u32>,
    /// Our claims: an object with `access_token` and `id_token`.
    pub claims: &'a C,
}

/// An authorization code flow with PKCE that waits for its user, and whose code we redeem.
pub struct CodeFlow<'a> {
    begun: Begun<'a>,
    verifier: Secret<String>,
}

/// An authorization code flow that waits for its user, and whose code is for the client, which
/// alone can redeem it.
pub struct ClientCodeFlow<'a>(Begun<'a>);

/// A flow after its first hop.
struct Begun<'a> {
    hydra: &'a Hydra,
    request: AuthorizationRequest<'a>,
    login_challenge: String,
    state: Secret<String>,
    jar: Jar,
}

/// A code of a flow inside the server, with what redeems it.
pub struct GrantedCode<'a> {
    redirect_uri: &'a RedirectUri,
    code: Secret<String>,
    verifier: Secret<String>,
}

impl Hydra {
    /// The first hop of the code flow. It needs no user, so it can run while a password is being
    /// verified; a flow that is not finished leaves nothing behind.
    pub async fn begin<'a>(
        &'a self,
        request: AuthorizationRequest<'a>,
    ) -> Result<CodeFlow<'a>, HydraError> {
        let pkce = Pkce::generate(&*self.platform);
        Ok(CodeFlow {
            begun: self.first_hop(request, &pkce.challenge).await?,
            verifier: pkce.verifier,
        })
    }

    /// [`begin`](Self::begin), with the `code_challenge` of a client (RFC 7636 §4.3).
    pub async fn begin_for<'a>(
        &'a self,
        request: AuthorizationRequest<'a>,
        code_challenge: &str,
    ) -> Result<ClientCodeFlow<'a>, HydraError> {
        let begun = self.first_hop(request, code_challenge).await?;
        Ok(ClientCodeFlow(begun))
    }

    async fn first_hop<'a>(
        &'a self,
        request: AuthorizationRequest<'a>,
        code_challenge: &str,
    ) -> Result<Begun<'a>, HydraError> {
        let state = random_token(&*self.platform);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", request.client_id)
            .append_pair("redirect_uri", request.redirect_uri.as_str())
            .append_pair("scope", &request.scope.to_string())
            .append_pair("state", state.expose())
            .append_pair("code_challenge", code_challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let mut jar = Jar::default();
        let location = self.follow(&mut jar, &query).await?;
        let login_challenge = parameter(&location, "login_challenge")?;
        Ok(Begun {
            hydra: self,
            request,
            login_challenge,
            state,
            jar,
        })
    }

    /// One hop of the flow's own browser: the URL that Hydra sends it to.
    async fn follow(&self, jar: &mut Jar, query: &str) -> Result<Url, HydraError> {
        let cookies = jar.header();
        let hop = self
            .browse(BrowserEndpoint::Authorization, query, cookies.as_ref())
            .await?;
        jar.store(&hop.cookies);
        Ok(hop.location)
    }
}

impl<'a> CodeFlow<'a> {
    /// Goes through login and consent as `grant` says and redeems the code.
    pub async fn finish<C: Serialize>(self, grant: &Grant<'_, C>) -> Result<Tokens, HydraError> {
        let hydra = self.begun.hydra;
        let client_id = self.begun.request.client_id;
        let granted = self.code(grant).await?;
        let request = TokenRequest::AuthorizationCode {
            client_id,
            redirect_uri: granted.redirect_uri,
            code: &granted.code,
            code_verifier: &granted.verifier,
        };
        hydra.token(&request).await
    }

    /// Goes through login and consent as `grant` says, and leaves the code to be redeemed.
    pub async fn code<C: Serialize>(
        self,
        grant: &Grant<'_, C>,
    ) -> Result<GrantedCode<'a>, HydraError> {
        Ok(GrantedCode {
            redirect_uri: self.begun.request.redirect_uri,
            code: self.begun.code(grant).await?,
            verifier: self.verifier,
        })
    }
}

impl ClientCodeFlow<'_> {
    /// Goes through login and consent as `grant` says, to the code.
    pub async fn code<C: Serialize>(
        self,
        grant: &Grant<'_, C>,
    ) -> Result<Secret<String>, HydraError> {
        self.0.code(grant).await
    }
}

impl Begun<'_> {
    async fn code<C: Serialize>(
        mut self,
        grant: &Grant<'_, C>,
    ) -> Result<Secret<String>, HydraError> {
        let consent = self.accept_login(grant).await?;
        self.accept_consent(&consent, grant).await
    }

    async fn accept_login<C>(&mut self, grant: &Grant<'_, C>) -> Result<String, HydraError> {
        let accept = AcceptLogin {
            subject: grant.subject,
            acr: grant.acr,
            amr: grant.amr,
            // No browser has the cookie, so all that is remembered is the session itself.
            remember_for: grant.session_for,
            context: Value::Null,
        };
        let challenge = mem::take(&mut self.login_challenge);
        let accepted = self.hydra.accept_login_request(&challenge, &accept).await?;
        let url = self.go_on(&accepted).await?;
        parameter(&url, "consent_challenge")
    }

    async fn accept_consent<C: Serialize>(
        &mut self,
        challenge: &str,
        grant: &Grant<'_, C>,
    ) -> Result<Secret<String>, HydraError> {
        let accept = AcceptConsent {
            grant_scope: self.request.scope,
            grant_access_token_audience: grant.audience,
            remember: false,
            session: grant.claims,
        };
        let accepted = self.hydra.accept_consent_request(challenge, &accept);
        let accepted = accepted.await?;
        let url = self.go_on(&accepted).await?;
        // RFC 9700 §4.7.1: the answer must belong to the request this flow sent.
        if parameter(&url, "state")? != *self.state.expose() {
            return Err(HydraError::internal("answer to another request"));
        }
        parameter(&url, "code").map(Secret::new)
    }

    /// Follows Hydra to the next step. It names its public self; we go on over the internal
    /// binding.
    async fn go_on(&mut self, to: &Url) -> Result<Url, HydraError> {
        let query = to.query().unwrap_or_default();
        self.hydra.follow(&mut self.jar, query).await
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

impl Hydra {
    /// Redeems a code as the client that `credentials` are of.
    pub async fn redeem_as(
        &self,
        credentials: &ClientCredentials,
        code: &GrantedCode<'_>,
    ) -> Result<Tokens, HydraError> {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", code.redirect_uri.as_str()),
            ("code", code.code.expose()),
            ("code_verifier", code.verifier.expose()),
        ];
        let response = self.token_as(credentials, &parameters).await?;
        json("/oauth2/token", &response)
    }
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
