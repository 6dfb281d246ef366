use std::borrow::Cow;

use futures_util::join;
use http::Method;
use iam_model::{ClientId, Scope, Secret};
use iam_security::signed_payload;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::{
    Hydra, HydraError,
    http::{FORM, Outgoing, json},
    signing::original,
};

/// What Hydra knows of a token that is good.
#[derive(Debug, Deserialize)]
pub struct ActiveToken {
    /// The client it was issued to.
    pub client_id: ClientId,
    /// What was granted.
    #[serde(default)]
    pub scope: Scope,
    /// Who it is about: a user, or a client.
    pub sub: String,
    /// When it expires, in seconds since 1970.
    pub exp: i64,
    /// When it was issued, likewise.
    pub iat: i64,
    /// Who it is for.
    #[serde(default)]
    pub aud: Vec<String>,
    /// Which kind it is.
    pub token_use: TokenUse,
    /// Our claims, as they stand in the access token.
    #[serde(rename = "ext", default)]
    pub claims: Value,
}

/// A kind of token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenUse {
    /// An access token.
    AccessToken,
    /// A refresh token.
    RefreshToken,
}

#[derive(Deserialize)]
struct Activity {
    active: bool,
}

impl Hydra {
    /// What `token`, an access or a refresh token, is good for; `None` if it is unknown, expired or
    /// revoked.
    ///
    /// An access token must be signed by us with a key that we publish. Hydra knows it by what it
    /// signed itself, which is in the token's header, so it would not miss our signature.
    pub async fn introspect(
        &self,
        token: &Secret<String>,
    ) -> Result<Option<ActiveToken>, HydraError> {
        let hydras = original(token.expose());
        let active = self.active(&hydras);
        if let Cow::Borrowed(_) = hydras {
            let found = active.await?;
            return Ok(found.filter(|token| token.token_use == TokenUse::RefreshToken));
        }
        let (found, keys) = join!(active, self.jwks());
        let keys = serde_json::from_slice(&keys?)
            .map_err(|error| HydraError::internal(error.to_string()))?;
        let signed = signed_payload(token.expose(), &keys).is_ok();
        Ok(found?.filter(|_| signed))
    }

    /// What Hydra knows of a token of its own.
    async fn active(&self, token: &str) -> Result<Option<ActiveToken>, HydraError> {
        const PATH: &str = "/admin/oauth2/introspect";
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .finish();
        let request = Outgoing {
            method: Method::POST,
            path: PATH,
            headers: &[FORM],
            body: form.into(),
        };
        let response = self.send(&self.settings.admin, request).await?;
        let Activity { active } = json(PATH, &response)?;
        if active {
            return json(PATH, &response).map(Some);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{ActiveToken, TokenUse};

    #[test]
    fn what_hydra_says_of_a_token_is_read() {
        let answer = r#"{"active":true,"scope":"a b","client_id":"web","sub":"s","exp":2,"iat":1,
            "nbf":1,"aud":["https://id.example"],"iss":"https://id.example","token_type":"Bearer",
            "token_use":"refresh_token","ext":{"tenant":"acme"}}"#;
        let token: ActiveToken = serde_json::from_str(answer).unwrap();
        assert_eq!(token.token_use, TokenUse::RefreshToken);
        assert_eq!((token.exp, token.iat, token.sub.as_str()), (2, 1, "s"));
        assert_eq!(token.claims["tenant"], "acme");
        assert!(token.scope.contains("b"));
    }
}
