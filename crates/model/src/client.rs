use std::{collections::BTreeMap, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Acr, ClaimMapping, InvalidName, Line, RedirectUri, ResourceUri, Scope, ScopeToken, TenantId,
    Timestamp, WebOrigin, name::text_serde, words::words,
};

/// An OAuth 2.0 `client_id`: 1 to 64 of `A-Z a-z 0-9 . _ ~ -`, so that it never needs escaping.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    const MAX: usize = 64;

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
        match text {
            "" => Err(InvalidName::Empty),
            _ if text.len() > Self::MAX => Err(InvalidName::TooLong { max: Self::MAX }),
            _ if text.bytes().all(allowed) => Ok(Self(text.to_owned())),
            _ => Err(InvalidName::Character),
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(ClientId, InvalidName);

words! {
    /// An OAuth 2.0 grant (RFC 7591 §2).
    GrantType {
        /// The authorization code grant, with PKCE.
        AuthorizationCode "authorization_code",
        /// The client's own tokens, without a user.
        ClientCredentials "client_credentials",
        /// Refreshing.
        RefreshToken "refresh_token",
        /// Tokens for another subject, or in its name (RFC 8693).
        TokenExchange "urn:ietf:params:oauth:grant-type:token-exchange",
    }
}

words! {
    /// How a client proves itself at the token endpoint (RFC 7591 §2).
    TokenEndpointAuth {
        /// With its secret, as HTTP Basic.
        ClientSecretBasic "client_secret_basic",
        /// With its secret, in the form.
        ClientSecretPost "client_secret_post",
        /// Not at all: it cannot keep a secret.
        None "none",
        /// With a signed assertion (RFC 7523).
        PrivateKeyJwt "private_key_jwt",
    }
}

/// An OAuth 2.0 client: what we know of it; Hydra keeps what it needs itself, and the secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Client {
    /// Its id, the same as in Hydra, where it is unique in the installation.
    pub id: ClientId,
    /// The tenant whose users may log in through it.
    pub tenant_id: TenantId,
    /// Whether it may send a password itself (direct login).
    pub first_party: bool,
    /// Where Hydra sends the code; direct login uses the first, inside the server only.
    pub redirect_uris: Vec<RedirectUri>,
    /// The most it may ask for.
    pub scope: Scope,
    /// What is known of it beside.
    pub details: ClientDetails,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is known of a client beside what a login looks at. It is stored as one JSON document.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientDetails {
    /// What people call it.
    pub name: Line,
    /// The grants it may use.
    pub grant_types: Vec<GrantType>,
    /// How it proves itself at the token endpoint.
    pub token_endpoint_auth_method: TokenEndpointAuth,
    /// Its public keys, as a JWK set, for `private_key_jwt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// The login page of its own that a browser is sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_uri: Option<RedirectUri>,
    /// Its consent page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_uri: Option<RedirectUri>,
    /// Its logout page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logout_uri: Option<RedirectUri>,
    /// Where a browser is sent that cannot go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<RedirectUri>,
    /// Where a browser may be sent after logout (OIDC RP-Initiated Logout §3.1).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Which scope puts which claim into its tokens; empty for the default claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claim_mappings: Vec<ClaimMapping>,
    /// What a login through it must reach at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_acr: Option<Acr>,
    /// What a login must reach to be granted a scope.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub scope_acr: BTreeMap<ScopeToken, Acr>,
    /// The resources it may ask for tokens for (RFC 8707), beside the default audience.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceUri>,
    /// Where Hydra tells it that a session of its has ended (OIDC Back-Channel Logout §2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<RedirectUri>,
    /// Whether a logout token must name the session.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub backchannel_logout_session_required: bool,
    /// Whether it must push its authorization requests (RFC 9126 §6).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_pushed_authorization_requests: bool,
    /// The web origins whose scripts may read our answers to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<WebOrigin>,
}

impl Default for ClientDetails {
    fn default() -> Self {
        Self {
            name: Line::default(),
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            token_endpoint_auth_method: TokenEndpointAuth::None,
            jwks: None,
            login_uri: None,
            consent_uri: None,
            logout_uri: None,
            error_uri: None,
            post_logout_redirect_uris: Vec::new(),
            claim_mappings: Vec::new(),
            require_acr: None,
            scope_acr: BTreeMap::new(),
            resources: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            require_pushed_authorization_requests: false,
            allowed_origins: Vec::new(),
        }
    }
}
