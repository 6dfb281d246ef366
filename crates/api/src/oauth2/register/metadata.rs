use iam_hydra::signing_algorithm;
use iam_identity::{ClientSpec, RegisteredClient};
use iam_model::{
    Client, ClientDetails, ClientId, GrantType, Line, RedirectUri, Scope, TokenEndpointAuth,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::Invalid;

/// What a client that asks for nothing may ask for.
const DEFAULT_SCOPE: &str = "openid";

/// Client metadata (RFC 7591 §2) as it comes. What is not known here is ignored, as §2 wants; so is
/// a software statement (§2.3).
struct Metadata(Map<String, Value>);

impl Metadata {
    fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Invalid> {
        let value = self.0.remove(name).filter(|value| !value.is_null());
        let parsed = value.map(serde_json::from_value).transpose();
        parsed.map_err(|_| Invalid::of(name, "is not such as can be registered here"))
    }

    fn take_or_default<T: DeserializeOwned + Default>(&mut self, name: &str) -> Result<T, Invalid> {
        Ok(self.take(name)?.unwrap_or_default())
    }

    /// That metadata which has one value here has it, if it is there.
    fn ensure<T: DeserializeOwned + PartialEq>(
        &mut self,
        name: &str,
        only: &T,
    ) -> Result<(), Invalid> {
        match self.take::<T>(name)? {
            Some(other) if other != *only => Err(Invalid::of(name, "is not supported")),
            _ => Ok(()),
        }
    }
}

/// The client that the metadata describes, with the defaults of RFC 7591 §2.
pub(super) fn read(body: Map<String, Value>) -> Result<ClientSpec, Invalid> {
    let mut metadata = Metadata(body);
    let method = metadata.take("token_endpoint_auth_method")?;
    let grants = metadata.take("grant_types")?;
    let grant_types = grants.unwrap_or_else(|| vec![GrantType::AuthorizationCode]);
    let code = grant_types.contains(&GrantType::AuthorizationCode);
    let response_types: &[&str] = if code { &["code"] } else { &[] };
    metadata.ensure("response_types", &texts(response_types))?;
    metadata.ensure("id_token_signed_response_alg", &"ES256".to_owned())?;
    metadata.ensure("subject_type", &"public".to_owned())?;
    if metadata.take::<Value>("jwks_uri")?.is_some() {
        return Err(Invalid::of(
            "jwks_uri",
            "is not supported: send the keys as jwks",
        ));
    }
    let jwks: Option<Value> = metadata.take("jwks")?;
    if let Some(algorithm) = jwks.as_ref().and_then(signing_algorithm) {
        metadata.ensure("token_endpoint_auth_signing_alg", &algorithm.to_owned())?;
    }
    let scope: Option<Scope> = metadata.take("scope")?;
    let scope = scope.map_or_else(|| DEFAULT_SCOPE.parse(), Ok);
    let details = ClientDetails {
        name: metadata.take_or_default("client_name")?,
        grant_types,
        token_endpoint_auth_method: method.unwrap_or(TokenEndpointAuth::ClientSecretBasic),
        jwks,
        post_logout_redirect_uris: metadata.take_or_default("post_logout_redirect_uris")?,
        backchannel_logout_uri: metadata.take("backchannel_logout_uri")?,
        backchannel_logout_session_required: metadata
            .take_or_default("backchannel_logout_session_required")?,
        require_pushed_authorization_requests: metadata
            .take_or_default("require_pushed_authorization_requests")?,
        ..ClientDetails::default()
    };
    Ok(ClientSpec {
        first_party: false,
        redirect_uris: metadata.take_or_default("redirect_uris")?,
        scope: scope.map_err(|_| Invalid::metadata("There is no default scope."))?,
        details,
    })
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// The client information response (RFC 7591 §3.2.1): all that is registered.
#[derive(Serialize)]
pub(super) struct Registered {
    client_id: ClientId,
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// Required where there is a secret: 0, since it does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    client_name: Line,
    redirect_uris: Vec<RedirectUri>,
    token_endpoint_auth_method: TokenEndpointAuth,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_signing_alg: Option<&'static str>,
    grant_types: Vec<GrantType>,
    response_types: &'static [&'static str],
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<Value>,
    id_token_signed_response_alg: &'static str,
    subject_type: &'static str,
    post_logout_redirect_uris: Vec<RedirectUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<RedirectUri>,
    backchannel_logout_session_required: bool,
    require_pushed_authorization_requests: bool,
}

impl From<RegisteredClient> for Registered {
    fn from(registered: RegisteredClient) -> Self {
        let RegisteredClient { client, secret } = registered;
        let Client {
            id,
            redirect_uris,
            scope,
            details,
            created_at,
            ..
        } = client;
        let code = details.grant_types.contains(&GrantType::AuthorizationCode);
        Self {
            client_id: id,
            client_id_issued_at: created_at.as_millis() / 1000,
            client_secret_expires_at: secret.as_ref().map(|_| 0),
            client_secret: secret.map(|secret| secret.expose().clone()),
            client_name: details.name,
            redirect_uris,
            token_endpoint_auth_method: details.token_endpoint_auth_method,
            token_endpoint_auth_signing_alg: details.jwks.as_ref().and_then(signing_algorithm),
            grant_types: details.grant_types,
            response_types: if code { &["code"] } else { &[] },
            scope,
            jwks: details.jwks,
            id_token_signed_response_alg: "ES256",
            subject_type: "public",
            post_logout_redirect_uris: details.post_logout_redirect_uris,
            backchannel_logout_uri: details.backchannel_logout_uri,
            backchannel_logout_session_required: details.backchannel_logout_session_required,
            require_pushed_authorization_requests: details.require_pushed_authorization_requests,
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_model::{GrantType, TokenEndpointAuth};
    use serde_json::{Value, json};

    use super::read;

    fn object(value: Value) -> serde_json::Map<String, Value> {
        match value {
            Value::Object(object) => object,
            _ => panic!("not an object"),
        }
    }

    #[track_caller]
    fn check(metadata: Value, error: &str, names: &str) {
        let invalid = read(object(metadata)).err().unwrap();
        assert_eq!(invalid.error, error);
        assert!(invalid.error_description.starts_with(names), "{invalid:?}");
    }

    #[test]
    fn what_is_left_out_is_as_rfc_7591_says() {
        let metadata = json!({"redirect_uris": ["https://app.example/cb"], "unknown": 1});
        let spec = read(object(metadata)).unwrap();
        let details = spec.details;
        assert_eq!(details.grant_types, [GrantType::AuthorizationCode]);
        let method = details.token_endpoint_auth_method;
        assert_eq!(method, TokenEndpointAuth::ClientSecretBasic);
        assert_eq!(spec.scope.to_string(), "openid");
    }

    #[test]
    fn pages_and_passwords_are_not_to_be_had_by_registration() {
        let metadata = json!({
            "redirect_uris": ["https://app.example/cb"],
            "first_party": true,
            "login_uri": "https://phish.example/",
            "consent_uri": "https://phish.example/",
            "claim_mappings": [{"scope": "a"}],
        });
        let spec = read(object(metadata)).unwrap();
        assert!(!spec.first_party);
        assert_eq!(
            (spec.details.login_uri, spec.details.consent_uri),
            (None, None)
        );
    }

    #[test]
    fn what_cannot_be_had_is_named() {
        let uri = json!({"redirect_uris": ["http://app.example/cb"]});
        check(uri, "invalid_redirect_uri", "redirect_uris");
        let invalid = "invalid_client_metadata";
        check(json!({"grant_types": ["password"]}), invalid, "grant_types");
        check(
            json!({"response_types": ["token"]}),
            invalid,
            "response_types",
        );
        check(
            json!({"jwks_uri": "https://a.example/"}),
            invalid,
            "jwks_uri",
        );
        let unsigned = json!({"id_token_signed_response_alg": "none"});
        check(unsigned, invalid, "id_token_signed_response_alg");
        let method = json!({"token_endpoint_auth_method": "client_secret_jwt"});
        check(method, invalid, "token_endpoint_auth_method");
    }
}
