//! `GET /.well-known/openid-configuration` (OIDC Discovery §4) and
//! `GET /.well-known/oauth-authorization-server` (RFC 8414 §3): what is open, and nothing else.
//!
//! Permissions: none.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_model::{Acr, TokenEndpointAuth};
use serde::Serialize;

use super::{
    authorize, challenge, end_session, introspect, jwks, par, published, register, revoke, token,
    userinfo,
};
use crate::{
    Access, Route,
    call::Call,
    problem::{Problem, json},
};

/// How a client proves itself at the token and the revocation endpoint, and when it pushes an
/// authorization request (RFC 9126 §2).
const AUTH_METHODS: &[&str] = &[
    TokenEndpointAuth::None.as_str(),
    TokenEndpointAuth::ClientSecretBasic.as_str(),
    TokenEndpointAuth::ClientSecretPost.as_str(),
    TokenEndpointAuth::PrivateKeyJwt.as_str(),
];

/// How it does where a public client is not enough.
const CONFIDENTIAL: &[&str] = &[
    TokenEndpointAuth::ClientSecretBasic.as_str(),
    TokenEndpointAuth::ClientSecretPost.as_str(),
    TokenEndpointAuth::PrivateKeyJwt.as_str(),
];

/// What client assertions may be signed with.
const ASSERTION_ALGORITHMS: &[&str] = &[
    "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512",
];

/// The route of OIDC Discovery.
pub const OPENID_CONFIGURATION: Route = Route {
    method: Method::GET,
    path: "/.well-known/openid-configuration",
    access: Access::Open,
    handler: |call| Box::pin(async move { handle(&call) }),
};

/// The route of RFC 8414.
pub const AUTHORIZATION_SERVER: Route = Route {
    method: Method::GET,
    path: "/.well-known/oauth-authorization-server",
    access: Access::Open,
    handler: |call| Box::pin(async move { handle(&call) }),
};

/// RFC 8414 §2 and OIDC Discovery §3, with what RFC 9126 §5, RFC 9207 §3, OIDC RP-Initiated Logout
/// §2.1 and OIDC Back-Channel Logout §2.1 add.
#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    #[serde(flatten)]
    endpoints: Endpoints,
    #[serde(flatten)]
    clients: Clients,
    #[serde(flatten)]
    requests: Requests,
    #[serde(flatten)]
    tokens: Tokens,
}

#[derive(Serialize)]
struct Endpoints {
    authorization_endpoint: String,
    /// draft-ietf-oauth-first-party-apps §4.
    authorization_challenge_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    registration_endpoint: String,
    pushed_authorization_request_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
}

impl Endpoints {
    fn of(issuer: &str) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        Self {
            authorization_endpoint: at(authorize::GET.path),
            authorization_challenge_endpoint: at(challenge::ROUTE.path),
            token_endpoint: at(token::ROUTE.path),
            userinfo_endpoint: at(userinfo::GET.path),
            revocation_endpoint: at(revoke::ROUTE.path),
            introspection_endpoint: at(introspect::ROUTE.path),
            registration_endpoint: at(register::ROUTE.path),
            pushed_authorization_request_endpoint: at(par::ROUTE.path),
            end_session_endpoint: at(end_session::GET.path),
            jwks_uri: at(jwks::ROUTE.path),
        }
    }
}

/// How clients prove themselves.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of RFC 8414")]
struct Clients {
    token_endpoint_auth_methods_supported: &'static [&'static str],
    token_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    revocation_endpoint_auth_methods_supported: &'static [&'static str],
    revocation_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    introspection_endpoint_auth_methods_supported: &'static [&'static str],
    introspection_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
}

const CLIENTS: Clients = Clients {
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: CONFIDENTIAL,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
};

/// What may be asked for, and how.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of RFC 8414")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the metadata are what they are"
)]
struct Requests {
    response_types_supported: &'static [&'static str],
    response_modes_supported: &'static [&'static str],
    grant_types_supported: &'static [&'static str],
    code_challenge_methods_supported: &'static [&'static str],
    scopes_supported: &'static [&'static str],
    prompt_values_supported: &'static [&'static str],
    acr_values_supported: &'static [&'static str],
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_pushed_authorization_requests: bool,
    authorization_response_iss_parameter_supported: bool,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
}

const REQUESTS: Requests = Requests {
    response_types_supported: &["code"],
    response_modes_supported: &["query"],
    grant_types_supported: token::GRANT_TYPES,
    code_challenge_methods_supported: &["S256"],
    scopes_supported: &["openid", "offline_access", "profile", "email", "phone"],
    prompt_values_supported: &["none", "login", "consent", "select_account"],
    acr_values_supported: &[Acr::Pwd.as_str(), Acr::Mfa.as_str()],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    // That of OIDC Core §6.2; those of RFC 9126 are, by the endpoint above.
    request_uri_parameter_supported: false,
    require_pushed_authorization_requests: false,
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
};

/// What tokens are.
#[derive(Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of OIDC Discovery"
)]
struct Tokens {
    subject_types_supported: &'static [&'static str],
    id_token_signing_alg_values_supported: &'static [&'static str],
    claim_types_supported: &'static [&'static str],
    claims_supported: &'static [&'static str],
}

const TOKENS: Tokens = Tokens {
    subject_types_supported: &["public"],
    id_token_signing_alg_values_supported: &["ES256"],
    claim_types_supported: &["normal"],
    claims_supported: &[
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "at_hash",
        "sid",
        "tenant",
        "name",
        "given_name",
        "family_name",
        "nickname",
        "preferred_username",
        "picture",
        "zoneinfo",
        "locale",
        "email",
        "email_verified",
        "phone_number",
    ],
};

fn handle(call: &Call) -> Result<Response<Bytes>, Problem> {
    let issuer = call.issuer()?;
    let metadata = Metadata {
        issuer: &issuer,
        endpoints: Endpoints::of(&issuer),
        clients: CLIENTS,
        requests: REQUESTS,
        tokens: TOKENS,
    };
    let response = json(StatusCode::OK, "application/json", &metadata);
    Ok(published(response))
}
