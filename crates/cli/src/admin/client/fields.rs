use anyhow::Result;
use clap::Args;

use crate::admin::{
    args::{From, Pair, read_json},
    body::Body,
};

/// What is said of a client. An empty text takes a field away.
#[derive(Args)]
pub(super) struct Fields {
    /// What people call it.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// It may send its users' passwords itself; `--first-party=false` for no more.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    first_party: Option<bool>,
    /// Where codes are sent, in place of what it was; may be repeated.
    #[arg(long, value_name = "URI")]
    pub(super) redirect_uri: Vec<String>,
    /// Where a browser may be sent after logout, in place of what it was; may be repeated.
    #[arg(long, value_name = "URI")]
    post_logout_redirect_uri: Vec<String>,
    /// The most it may ask for: scopes, separated by spaces.
    #[arg(long, value_name = "SCOPES")]
    scope: Option<String>,
    /// A grant it may use, in place of those it could; may be repeated.
    #[arg(long, value_name = "GRANT")]
    grant_type: Vec<String>,
    /// How it proves itself: `none`, `client_secret_basic`, `client_secret_post` or
    /// `private_key_jwt`.
    #[arg(long, value_name = "METHOD")]
    auth_method: Option<String>,
    /// A file with its public keys as a JWK set; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    jwks: Option<String>,
    /// The login page of its own.
    #[arg(long, value_name = "URI")]
    login_uri: Option<String>,
    /// Its consent page.
    #[arg(long, value_name = "URI")]
    consent_uri: Option<String>,
    /// Its logout page.
    #[arg(long, value_name = "URI")]
    logout_uri: Option<String>,
    /// Where a browser is sent that cannot go on.
    #[arg(long, value_name = "URI")]
    error_uri: Option<String>,
    /// What a login through it must reach at least: `pwd` or `mfa`.
    #[arg(long, value_name = "ACR")]
    require_acr: Option<String>,
    /// What a login must reach to be granted a scope, as in `payments=mfa`; may be repeated.
    #[arg(long, value_name = "SCOPE=ACR")]
    scope_acr: Vec<Pair>,
    /// A resource it may ask for tokens for, in place of those it could; may be repeated.
    #[arg(long, value_name = "URI")]
    resource: Vec<String>,
    /// Where it is told that a session has ended.
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<String>,
    /// A logout token must name the session; `--backchannel-logout-session-required=false` for no
    /// more.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    backchannel_logout_session_required: Option<bool>,
    /// It must push its authorization requests; `--require-pushed-authorization-requests=false`
    /// for no more.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    require_pushed_authorization_requests: Option<bool>,
    /// A web origin whose scripts may read answers to it, in place of those that could; may be
    /// repeated.
    #[arg(long, value_name = "ORIGIN")]
    allowed_origin: Vec<String>,
    #[command(flatten)]
    from: From,
}

impl Fields {
    /// All of it but the redirect URIs.
    pub(super) fn body(self) -> Result<Body> {
        let jwks = self.jwks.as_deref().map(read_json).transpose()?;
        Ok(Body::from(&self.from)?
            .text("name", self.name)
            .value("first_party", self.first_party)
            .list("post_logout_redirect_uris", &self.post_logout_redirect_uri)
            .text("scope", self.scope)
            .list("grant_types", &self.grant_type)
            .text("token_endpoint_auth_method", self.auth_method)
            .value("jwks", jwks)
            .text("login_uri", self.login_uri)
            .text("consent_uri", self.consent_uri)
            .text("logout_uri", self.logout_uri)
            .text("error_uri", self.error_uri)
            .text("require_acr", self.require_acr)
            .pairs("scope_acr", &self.scope_acr, |pair| {
                pair.value.clone().into()
            })
            .list("resources", &self.resource)
            .text("backchannel_logout_uri", self.backchannel_logout_uri)
            .value(
                "backchannel_logout_session_required",
                self.backchannel_logout_session_required,
            )
            .value(
                "require_pushed_authorization_requests",
                self.require_pushed_authorization_requests,
            )
            .list("allowed_origins", &self.allowed_origin))
    }
}
