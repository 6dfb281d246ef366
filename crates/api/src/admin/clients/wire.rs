use std::collections::BTreeMap;

use iam_hydra::has_secret;
use iam_identity::{ClientSpec, RegisteredClient};
use iam_model::{
    Acr, ClaimMapping, Client, ClientDetails, ClientId, GrantType, Line, RedirectUri, ResourceUri,
    Scope, ScopeToken, TokenEndpointAuth, WebOrigin,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// What an operator says of a client.
    #[derive(Serialize)]
    ClientBody {
        /// Its `client_id`, unique in the installation: made up if it is left out. It never
        /// changes.
        id: Option<ClientId>,
        /// What people call it.
        name: Option<Line>,
        /// Whether it may send its users' passwords itself.
        first_party: Option<bool>,
        /// Where codes are sent, compared exactly; up to 20. Direct login uses the first, inside
        /// the server only.
        redirect_uris: Option<Vec<RedirectUri>>,
        /// Where a browser may be sent after logout, up to 20; each with the scheme, host and port
        /// of one of `redirect_uris`.
        post_logout_redirect_uris: Option<Vec<RedirectUri>>,
        /// The most it may ask for, within the tenant's `allowed_scopes`.
        scope: Scope,
        /// The grants it may use; `authorization_code` and `refresh_token` if they are left out.
        grant_types: Option<Vec<GrantType>>,
        /// How it proves itself at the token endpoint; `none` if it is left out.
        token_endpoint_auth_method: Option<TokenEndpointAuth>,
        /// Its public keys as a JWK set, for `private_key_jwt`.
        jwks: Option<Value>,
        /// The login page of its own that a browser is sent to.
        login_uri: Option<RedirectUri>,
        /// Its consent page.
        consent_uri: Option<RedirectUri>,
        /// Its logout page.
        logout_uri: Option<RedirectUri>,
        /// Where a browser is sent that cannot go on.
        error_uri: Option<RedirectUri>,
        /// Which scope puts which claim into its tokens, up to 20; none for the default claims.
        claim_mappings: Option<Vec<ClaimMapping>>,
        /// What a login through it must reach at least: `pwd` or `mfa`.
        require_acr: Option<Acr>,
        /// What a login must reach to be granted a scope, by scope; up to 20.
        scope_acr: Option<BTreeMap<ScopeToken, Acr>>,
        /// The resources it may ask for tokens for (RFC 8707), beside the default audience; up to
        /// 20.
        resources: Option<Vec<ResourceUri>>,
        /// Where it is told that a session has ended (OIDC Back-Channel Logout §2.2).
        backchannel_logout_uri: Option<RedirectUri>,
        /// Whether a logout token must name the session.
        backchannel_logout_session_required: Option<bool>,
        /// Whether it must push its authorization requests (RFC 9126 §6).
        require_pushed_authorization_requests: Option<bool>,
        /// The web origins whose scripts may read our answers to it, up to 20.
        allowed_origins: Option<Vec<WebOrigin>>,
    }
}

impl ClientBody {
    pub(super) fn into_parts(self) -> (Option<ClientId>, ClientSpec) {
        let default = ClientDetails::default();
        let details = ClientDetails {
            name: self.name.unwrap_or_default(),
            grant_types: self.grant_types.unwrap_or(default.grant_types),
            token_endpoint_auth_method: self
                .token_endpoint_auth_method
                .unwrap_or(default.token_endpoint_auth_method),
            jwks: self.jwks,
            login_uri: self.login_uri,
            consent_uri: self.consent_uri,
            logout_uri: self.logout_uri,
            error_uri: self.error_uri,
            post_logout_redirect_uris: self.post_logout_redirect_uris.unwrap_or_default(),
            claim_mappings: self.claim_mappings.unwrap_or_default(),
            require_acr: self.require_acr,
            scope_acr: self.scope_acr.unwrap_or_default(),
            resources: self.resources.unwrap_or_default(),
            backchannel_logout_uri: self.backchannel_logout_uri,
            backchannel_logout_session_required: self
                .backchannel_logout_session_required
                .unwrap_or_default(),
            require_pushed_authorization_requests: self
                .require_pushed_authorization_requests
                .unwrap_or_default(),
            allowed_origins: self.allowed_origins.unwrap_or_default(),
        };
        let spec = ClientSpec {
            first_party: self.first_party.unwrap_or_default(),
            redirect_uris: self.redirect_uris.unwrap_or_default(),
            scope: self.scope,
            details,
        };
        (self.id, spec)
    }
}

impl From<&Client> for ClientBody {
    fn from(client: &Client) -> Self {
        let details = client.details.clone();
        Self {
            id: Some(client.id.clone()),
            name: Some(details.name),
            first_party: Some(client.first_party),
            redirect_uris: Some(client.redirect_uris.clone()),
            post_logout_redirect_uris: Some(details.post_logout_redirect_uris),
            scope: client.scope.clone(),
            grant_types: Some(details.grant_types),
            token_endpoint_auth_method: Some(details.token_endpoint_auth_method),
            jwks: details.jwks,
            login_uri: details.login_uri,
            consent_uri: details.consent_uri,
            logout_uri: details.logout_uri,
            error_uri: details.error_uri,
            claim_mappings: Some(details.claim_mappings),
            require_acr: details.require_acr,
            scope_acr: Some(details.scope_acr),
            resources: Some(details.resources),
            backchannel_logout_uri: details.backchannel_logout_uri,
            backchannel_logout_session_required: Some(details.backchannel_logout_session_required),
            require_pushed_authorization_requests: Some(
                details.require_pushed_authorization_requests,
            ),
            allowed_origins: Some(details.allowed_origins),
        }
    }
}

view! {
    /// A client.
    ClientView(id, version) {
        /// Its `client_id`.
        id: ClientId,
        /// What people call it.
        name: Line,
        /// Whether it may send its users' passwords itself.
        first_party: bool,
        /// Where codes are sent.
        redirect_uris: Vec<RedirectUri>,
        /// Where a browser may be sent after logout.
        post_logout_redirect_uris: Vec<RedirectUri>,
        /// The most it may ask for.
        scope: Scope,
        /// The grants it may use.
        grant_types: Vec<GrantType>,
        /// How it proves itself at the token endpoint.
        token_endpoint_auth_method: TokenEndpointAuth,
        /// Its public keys as a JWK set.
        #[serde(skip_serializing_if = "Option::is_none")]
        jwks: Option<Value>,
        /// The login page of its own.
        #[serde(skip_serializing_if = "Option::is_none")]
        login_uri: Option<RedirectUri>,
        /// Its consent page.
        #[serde(skip_serializing_if = "Option::is_none")]
        consent_uri: Option<RedirectUri>,
        /// Its logout page.
        #[serde(skip_serializing_if = "Option::is_none")]
        logout_uri: Option<RedirectUri>,
        /// Where a browser is sent that cannot go on.
        #[serde(skip_serializing_if = "Option::is_none")]
        error_uri: Option<RedirectUri>,
        /// Which scope puts which claim into its tokens; none for the default claims.
        claim_mappings: Vec<ClaimMapping>,
        /// What a login through it must reach at least.
        #[serde(skip_serializing_if = "Option::is_none")]
        require_acr: Option<Acr>,
        /// What a login must reach to be granted a scope, by scope.
        scope_acr: BTreeMap<ScopeToken, Acr>,
        /// The resources it may ask for tokens for, beside the default audience.
        resources: Vec<ResourceUri>,
        /// Where it is told that a session has ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        backchannel_logout_uri: Option<RedirectUri>,
        /// Whether a logout token must name the session.
        backchannel_logout_session_required: bool,
        /// Whether it must push its authorization requests.
        require_pushed_authorization_requests: bool,
        /// The web origins whose scripts may read our answers to it.
        allowed_origins: Vec<WebOrigin>,
        /// Its secret, in the answer that made it and in no other.
        #[serde(skip_serializing_if = "Option::is_none")]
        client_secret: Option<String>,
        /// Why there is no secret in an answer that could have had one.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'static str>,
        /// Counts its changes, from 1; also its `ETag`.
        version: i64,
        /// When it was made.
        created_at: Moment,
        /// When it was last changed.
        updated_at: Moment,
    }
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        let details = client.details;
        Self {
            id: client.id,
            name: details.name,
            first_party: client.first_party,
            redirect_uris: client.redirect_uris,
            post_logout_redirect_uris: details.post_logout_redirect_uris,
            scope: client.scope,
            grant_types: details.grant_types,
            token_endpoint_auth_method: details.token_endpoint_auth_method,
            jwks: details.jwks,
            login_uri: details.login_uri,
            consent_uri: details.consent_uri,
            logout_uri: details.logout_uri,
            error_uri: details.error_uri,
            claim_mappings: details.claim_mappings,
            require_acr: details.require_acr,
            scope_acr: details.scope_acr,
            resources: details.resources,
            backchannel_logout_uri: details.backchannel_logout_uri,
            backchannel_logout_session_required: details.backchannel_logout_session_required,
            require_pushed_authorization_requests: details.require_pushed_authorization_requests,
            allowed_origins: details.allowed_origins,
            client_secret: None,
            note: None,
            version: client.version,
            created_at: Moment(client.created_at),
            updated_at: Moment(client.updated_at),
        }
    }
}

impl From<RegisteredClient> for ClientView {
    fn from(registered: RegisteredClient) -> Self {
        let secret = registered.secret;
        Self {
            client_secret: secret.map(|secret| secret.expose().clone()),
            ..registered.client.into()
        }
    }
}

/// What the answer to a create says in place of a secret that somebody was told before.
const SHOWN_BEFORE: &str = "The secret was made by an earlier request and cannot be shown again. If \
    its answer was lost, POST to :rotate-secret makes a new one.";

impl ClientView {
    /// The answer to a create, be it the first or another.
    pub(super) fn made(registered: RegisteredClient) -> Self {
        let mut view = Self::from(registered);
        if view.client_secret.is_none() && has_secret(view.token_endpoint_auth_method) {
            view.note = Some(SHOWN_BEFORE);
        }
        view
    }
}

/// A client, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "id": "shop-web",
    "name": "Shop",
    "first_party": true,
    "redirect_uris": ["https://shop.example/callback"],
    "post_logout_redirect_uris": ["https://shop.example/"],
    "scope": "offline_access openid profile",
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "none",
    "login_uri": "https://shop.example/login",
    "claim_mappings": [],
    "scope_acr": {},
    "resources": ["https://api.shop.example/"],
    "backchannel_logout_session_required": false,
    "require_pushed_authorization_requests": false,
    "allowed_origins": ["https://shop.example"],
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;

#[cfg(test)]
mod tests {
    use iam_identity::RegisteredClient;
    use iam_model::{Client, Secret, TenantId, Timestamp};
    use serde_json::{Value, json};

    use super::{ClientBody, ClientView};

    fn body(value: Value) -> ClientBody {
        let Value::Object(object) = value else {
            panic!("not an object");
        };
        ClientBody::read(object).ok().unwrap()
    }

    fn client(value: Value) -> Client {
        let (id, spec) = body(value).into_parts();
        let now = Timestamp::from_millis(0);
        Client {
            id: id.unwrap(),
            tenant_id: TenantId::generate(now, [0; 10]),
            first_party: spec.first_party,
            redirect_uris: spec.redirect_uris,
            scope: spec.scope,
            details: spec.details,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn full() -> Value {
        json!({
            "id": "shop",
            "name": "Shop",
            "first_party": true,
            "redirect_uris": ["https://shop.example/a"],
            "post_logout_redirect_uris": ["https://shop.example/b"],
            "scope": "openid",
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": []},
            "login_uri": "https://shop.example/c",
            "consent_uri": "https://shop.example/d",
            "logout_uri": "https://shop.example/e",
            "error_uri": "https://shop.example/f",
            "claim_mappings": [
                {"scope": "openid", "claim": "roles", "source": "roles", "token": "both"},
            ],
            "require_acr": "mfa",
            "scope_acr": {"openid": "pwd"},
            "resources": ["https://api.example/"],
            "backchannel_logout_uri": "https://shop.example/g",
            "backchannel_logout_session_required": true,
            "require_pushed_authorization_requests": true,
            "allowed_origins": ["https://shop.example"],
        })
    }

    #[test]
    fn a_client_is_patched_from_what_is_known_of_it() {
        let body = ClientBody::from(&client(full()));
        assert_eq!(serde_json::to_value(&body).unwrap(), full());
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let client = client(json!({"id": "shop", "scope": "openid"}));
        let details = iam_model::ClientDetails::default();
        assert_eq!((client.first_party, client.details), (false, details));
    }

    #[test]
    fn a_create_says_why_it_has_no_secret() {
        let value = json!({
            "id": "shop",
            "scope": "a",
            "token_endpoint_auth_method": "client_secret_basic",
        });
        let made = |secret: Option<&str>| {
            let registered = RegisteredClient {
                client: client(value.clone()),
                secret: secret.map(|secret| Secret::new(secret.to_owned())),
            };
            let view = ClientView::made(registered);
            (view.client_secret, view.note.is_some())
        };
        assert_eq!(made(Some("s")), (Some("s".to_owned()), false));
        assert_eq!(made(None), (None, true));
    }
}
