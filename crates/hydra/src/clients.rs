use http::{Method, StatusCode, header};
use iam_model::{
    Client, ClientId, GrantType, RedirectUri, Secret, TokenEndpointAuth, TokenLifetimes,
};
use serde::Serialize;
use serde_json::Value;

use crate::{Hydra, HydraError, http::Outgoing};

/// A client as Hydra keeps it (RFC 7591 §2). It holds the secret, so it has no `Debug`.
#[derive(Serialize)]
pub struct ClientRegistration {
    client_id: String,
    client_name: String,
    /// Hydra keeps the secret there is if none is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    token_endpoint_auth_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_signing_alg: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<Value>,
    grant_types: Vec<&'static str>,
    response_types: &'static [&'static str],
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<String>,
    backchannel_logout_session_required: bool,
    scope: String,
    audience: Vec<String>,
    #[serde(flatten)]
    lifespans: Lifespans,
}

/// How long the tokens of each grant live, as Go writes durations.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are Hydra's")]
struct Lifespans {
    authorization_code_grant_access_token_lifespan: String,
    authorization_code_grant_id_token_lifespan: String,
    authorization_code_grant_refresh_token_lifespan: String,
    client_credentials_grant_access_token_lifespan: String,
    refresh_token_grant_access_token_lifespan: String,
    refresh_token_grant_id_token_lifespan: String,
    refresh_token_grant_refresh_token_lifespan: String,
}

impl ClientRegistration {
    /// `client`, whose tokens are for `audience` and live as its tenant says; with this secret,
    /// or the one it has.
    #[must_use]
    pub fn new(
        client: &Client,
        lifetimes: &TokenLifetimes,
        audience: &str,
        secret: Option<&Secret<String>>,
    ) -> Self {
        let grants = grant_types(&client.details.grant_types);
        let code = grants.contains(&GrantType::AuthorizationCode);
        let texts = |uris: &[RedirectUri]| -> Vec<String> {
            uris.iter().map(ToString::to_string).collect()
        };
        let mut redirect_uris = texts(&client.redirect_uris);
        if client
            .details
            .grant_types
            .contains(&GrantType::TokenExchange)
        {
            redirect_uris.push(exchange_uri(audience));
        }
        let resources = client.details.resources.iter().map(ToString::to_string);
        let jwks = client.details.jwks.as_ref();
        let backchannel = client.details.backchannel_logout_uri.as_ref();
        Self {
            client_id: client.id.to_string(),
            client_name: client.details.name.to_string(),
            client_secret: secret.map(|secret| secret.expose().clone()),
            token_endpoint_auth_method: client.details.token_endpoint_auth_method.as_str(),
            token_endpoint_auth_signing_alg: jwks.and_then(signing_algorithm),
            jwks: jwks.map(for_signatures),
            grant_types: grants.iter().map(|grant| grant.as_str()).collect(),
            response_types: if code { &["code"] } else { &[] },
            redirect_uris,
            post_logout_redirect_uris: texts(&client.details.post_logout_redirect_uris),
            backchannel_logout_uri: backchannel.map(ToString::to_string),
            backchannel_logout_session_required: client.details.backchannel_logout_session_required,
            scope: client.scope.to_string(),
            audience: [audience.to_owned()].into_iter().chain(resources).collect(),
            lifespans: Lifespans::new(lifetimes),
        }
    }
}

/// The redirect URI of the code flow that a token exchange is inside the server. It is the token
/// endpoint, which answers no GET: a code that a browser is sent there with is lost.
#[must_use]
pub fn exchange_uri(issuer: &str) -> String {
    format!("{issuer}/oauth2/token")
}

/// The grants that Hydra must know of: to Hydra a token exchange is a code flow.
fn grant_types(ours: &[GrantType]) -> Vec<GrantType> {
    let mut grants = ours.to_vec();
    if grants.contains(&GrantType::TokenExchange) && !grants.contains(&GrantType::AuthorizationCode)
    {
        grants.push(GrantType::AuthorizationCode);
    }
    grants
}

/// The algorithm of client assertions by the keys of `jwks` (RFC 7591 §2,
/// `token_endpoint_auth_signing_alg`), by the first of them: Hydra takes one for a client, and
/// RS256 unless it is told. `None` if it is not one that Hydra takes.
#[must_use]
pub fn signing_algorithm(jwks: &Value) -> Option<&'static str> {
    let key = jwks.get("keys")?.get(0)?;
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let own = match (text("kty")?, text("crv")) {
        ("EC", Some("P-256")) => &["ES256"][..],
        ("EC", Some("P-384")) => &["ES384"],
        ("EC", Some("P-521")) => &["ES512"],
        ("RSA", _) => &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
        _ => return None,
    };
    let wanted = text("alg");
    own.iter()
        .find(|own| wanted.is_none_or(|w| w == **own))
        .copied()
}

/// `jwks`, with all keys for signatures: Hydra looks at no key that does not say so, as keys need
/// not (RFC 7517 §4.2).
fn for_signatures(jwks: &Value) -> Value {
    let mut jwks = jwks.clone();
    let keys = jwks.get_mut("keys").and_then(Value::as_array_mut);
    for key in keys.into_iter().flatten().filter_map(Value::as_object_mut) {
        key.entry("use").or_insert_with(|| "sig".into());
    }
    jwks
}

impl Lifespans {
    fn new(lifetimes: &TokenLifetimes) -> Self {
        let seconds = |seconds: u32| format!("{seconds}s");
        let (access, id) = (lifetimes.access_token, lifetimes.id_token);
        let refresh = lifetimes.refresh_token;
        Self {
            authorization_code_grant_access_token_lifespan: seconds(access),
            authorization_code_grant_id_token_lifespan: seconds(id),
            authorization_code_grant_refresh_token_lifespan: seconds(refresh),
            client_credentials_grant_access_token_lifespan: seconds(access),
            refresh_token_grant_access_token_lifespan: seconds(access),
            refresh_token_grant_id_token_lifespan: seconds(id),
            refresh_token_grant_refresh_token_lifespan: seconds(refresh),
        }
    }
}

/// Whether Hydra keeps a secret of a client that proves itself in this way.
#[must_use]
pub const fn has_secret(method: TokenEndpointAuth) -> bool {
    matches!(
        method,
        TokenEndpointAuth::ClientSecretBasic | TokenEndpointAuth::ClientSecretPost
    )
}

// A ClientId needs no escaping in a path.
fn path(client: &str) -> String {
    format!("/admin/clients/{client}")
}

impl Hydra {
    /// Registers a client if Hydra has none under its id, and says whether it had none.
    pub async fn add_client(&self, client: &ClientRegistration) -> Result<bool, HydraError> {
        let status = self.write(Method::POST, "/admin/clients", client).await?;
        Ok(status != StatusCode::CONFLICT)
    }

    /// Registers a client, or replaces the registration under the same id, and says whether Hydra
    /// had none.
    pub async fn put_client(&self, client: &ClientRegistration) -> Result<bool, HydraError> {
        let path = path(&client.client_id);
        let replaced = self.write(Method::PUT, &path, client).await?;
        if replaced != StatusCode::NOT_FOUND {
            return Ok(false);
        }
        let added = self.add_client(client).await?;
        if !added {
            // It has come between the two.
            self.write(Method::PUT, &path, client).await?;
        }
        Ok(added)
    }

    /// The status of the answer: of success, 404 or 409. That Hydra does not take the registration
    /// is [`HydraError::Refused`].
    async fn write(
        &self,
        method: Method,
        path: &str,
        client: &ClientRegistration,
    ) -> Result<StatusCode, HydraError> {
        let body = serde_json::to_vec(client).map_err(|e| HydraError::internal(e.to_string()))?;
        let request = Outgoing {
            method,
            path,
            headers: &[(header::CONTENT_TYPE.as_str(), "application/json")],
            body: body.into(),
        };
        let response = self.send(&self.settings.admin, request).await?;
        match response.status() {
            status @ (StatusCode::CONFLICT | StatusCode::NOT_FOUND) => Ok(status),
            status if status.is_success() => Ok(status),
            status => Err(HydraError::from_answer(path, status, response.body())),
        }
    }

    /// Removes a client and every token it was issued; no harm if there is none.
    pub async fn remove_client(&self, client: &ClientId) -> Result<(), HydraError> {
        self.delete(&path(client.as_str())).await
    }

    /// Removes what is at `path` of the admin API; no harm if nothing is.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), HydraError> {
        let request = Outgoing {
            method: Method::DELETE,
            ..Outgoing::get(path, &[])
        };
        let response = self.send(&self.settings.admin, request).await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            status => Err(HydraError::from_answer(
                crate::http::path_only(path),
                status,
                response.body(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_model::GrantType;
    use serde_json::{Value, json};

    use super::{for_signatures, grant_types, signing_algorithm};

    #[track_caller]
    fn check(key: &Value, expected: Option<&str>) {
        assert_eq!(
            signing_algorithm(&json!({"keys": [key]})),
            expected,
            "{key}"
        );
    }

    #[test]
    fn a_key_says_which_algorithm_its_client_signs_with() {
        check(&json!({"kty": "EC", "crv": "P-256"}), Some("ES256"));
        check(
            &json!({"kty": "EC", "crv": "P-384", "alg": "ES384"}),
            Some("ES384"),
        );
        check(&json!({"kty": "RSA"}), Some("RS256"));
        check(&json!({"kty": "RSA", "alg": "PS512"}), Some("PS512"));
        check(&json!({"kty": "RSA", "alg": "none"}), None);
        check(&json!({"kty": "EC", "crv": "P-256", "alg": "RS256"}), None);
        check(&json!({"kty": "OKP", "crv": "Ed25519"}), None);
    }

    #[test]
    fn a_key_is_for_signatures_unless_it_says_otherwise() {
        let jwks = json!({"keys": [{"kty": "EC"}, {"kty": "EC", "use": "enc"}]});
        let expected = json!({"keys": [{"kty": "EC", "use": "sig"}, {"kty": "EC", "use": "enc"}]});
        assert_eq!(for_signatures(&jwks), expected);
    }

    #[test]
    fn to_hydra_a_token_exchange_is_a_code_flow() {
        use GrantType::{AuthorizationCode, ClientCredentials, TokenExchange};
        let grants = grant_types(&[TokenExchange]);
        assert_eq!(grants, [TokenExchange, AuthorizationCode]);
        assert_eq!(grant_types(&[ClientCredentials]), [ClientCredentials]);
    }
}
