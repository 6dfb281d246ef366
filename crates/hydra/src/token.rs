use bytes::Bytes;
use futures_util::join;
use http::{HeaderValue, Response, StatusCode, header};
use iam_model::{ClientId, RedirectUri, Secret};
use serde::Deserialize;
use url::form_urlencoded;

use crate::{
    Hydra, HydraError,
    http::{FORM, Outgoing, json},
    signing::{original, sign_answer},
};

/// A token request of a public client (RFC 6749 §4.1.3, §6).
pub enum TokenRequest<'a> {
    /// Redeems a code.
    AuthorizationCode {
        /// The client.
        client_id: &'a str,
        /// The redirect URI of the authorization request.
        redirect_uri: &'a RedirectUri,
        /// The code.
        code: &'a Secret<String>,
        /// The PKCE verifier (RFC 7636 §4.5).
        code_verifier: &'a Secret<String>,
    },
    /// Takes a refresh token for new tokens.
    RefreshToken {
        /// The client.
        client_id: &'a ClientId,
        /// The refresh token, used up by this.
        refresh_token: &'a Secret<String>,
    },
}

/// A successful token response (RFC 6749 §5.1).
#[derive(Debug, Deserialize)]
pub struct Tokens {
    /// The access token, a JWT (RFC 9068).
    pub access_token: Secret<String>,
    /// The refresh token, if `offline_access` was granted.
    pub refresh_token: Option<Secret<String>>,
    /// The ID token, if `openid` was granted.
    pub id_token: Option<Secret<String>>,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// What was granted.
    #[serde(default)]
    pub scope: String,
}

impl TokenRequest<'_> {
    fn encode(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match self {
            Self::AuthorizationCode {
                client_id,
                redirect_uri,
                code,
                code_verifier,
            } => form
                .append_pair("grant_type", "authorization_code")
                .append_pair("client_id", client_id)
                .append_pair("redirect_uri", redirect_uri.as_str())
                .append_pair("code", code.expose())
                .append_pair("code_verifier", code_verifier.expose()),
            Self::RefreshToken {
                client_id,
                refresh_token,
            } => form
                .append_pair("grant_type", "refresh_token")
                .append_pair("client_id", client_id.as_str())
                .append_pair("refresh_token", refresh_token.expose()),
        };
        form.finish()
    }
}

impl Hydra {
    /// Gets tokens for `request`.
    pub async fn token(&self, request: &TokenRequest<'_>) -> Result<Tokens, HydraError> {
        let body = request.encode().into();
        let response = self.forward_token_request(body, None).await?;
        json("/oauth2/token", &response)
    }

    /// Hands a client's own form-encoded token request, with its `Authorization` header, to Hydra
    /// and gives Hydra's answer, with tokens that we have signed.
    pub async fn forward_token_request(
        &self,
        form: Bytes,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response<Bytes>, HydraError> {
        let authorization = authorization.and_then(|value| value.to_str().ok());
        let headers: Vec<_> = [FORM]
            .into_iter()
            .chain(authorization.map(|value| (header::AUTHORIZATION.as_str(), value)))
            .collect();
        let request = Outgoing::form("/oauth2/token", &headers, form);
        // The keys are fetched meanwhile: they cost no round trip more.
        let issued = self.send(&self.settings.public, request);
        let (keys, issued) = join!(self.signing_keys(), issued);
        let mut response = issued?;
        let (status, body) = (response.status(), response.body());
        if status.is_server_error() {
            return Err(HydraError::from_answer("/oauth2/token", status, body));
        }
        if status.is_success() {
            // The code or the refresh token is used up by now, so this is worth a second attempt.
            let keys = match keys {
                Ok(keys) => keys,
                Err(_) => self.signing_keys().await?,
            };
            let key = keys.signer(self.platform.now())?;
            *response.body_mut() = sign_answer(body, &key)?;
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        Ok(response)
    }

    /// Revokes `token`, an access or a refresh token of a public client, and with it all tokens of
    /// its grant. A token that is unknown or already revoked is no error (RFC 7009 §2.2).
    pub async fn revoke(
        &self,
        client_id: &ClientId,
        token: &Secret<String>,
    ) -> Result<(), HydraError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", client_id.as_str())
            .append_pair("token", &original(token.expose()))
            .finish();
        let request = Outgoing::form("/oauth2/revoke", &[FORM], body.into());
        let response = self.send(&self.settings.public, request).await?;
        match response.status() {
            StatusCode::OK => Ok(()),
            status => Err(HydraError::from_answer(
                "/oauth2/revoke",
                status,
                response.body(),
            )),
        }
    }
}
