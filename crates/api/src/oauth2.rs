//! `/oauth2` and `/.well-known`: the OAuth2 and OIDC surface. Errors are those of RFC 6749
//! §5.2, not problems.

pub mod authorize;
pub(crate) mod browser;
pub mod challenge;
mod client_call;
pub mod consent;
pub mod cors;
pub mod end_session;
pub mod failed;
pub mod introspect;
pub mod jwks;
pub mod login;
pub mod logout;
pub mod metadata;
pub mod par;
mod parameters;
mod refusal;
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use crate::Route;

/// All routes of this surface.
pub const ROUTES: &[Route] = &[
    authorize::GET,
    authorize::POST,
    consent::ROUTE,
    end_session::GET,
    end_session::POST,
    failed::ROUTE,
    introspect::ROUTE,
    jwks::ROUTE,
    login::ROUTE,
    logout::ROUTE,
    metadata::AUTHORIZATION_SERVER,
    metadata::OPENID_CONFIGURATION,
    par::ROUTE,
    cors::preflight(par::ROUTE.path),
    register::ROUTE,
    revoke::ROUTE,
    cors::preflight(revoke::ROUTE.path),
    token::ROUTE,
    cors::preflight(token::ROUTE.path),
    userinfo::GET,
    userinfo::POST,
    cors::preflight(userinfo::GET.path),
];

/// Lets anybody read `response`, from any origin, and keep it for five minutes: it is what every
/// relying party needs and holds no secret.
fn published(mut response: Response<Bytes>) -> Response<Bytes> {
    let headers = response.headers_mut();
    let caching = HeaderValue::from_static("public, max-age=300");
    headers.insert(header::CACHE_CONTROL, caching);
    let anybody = HeaderValue::from_static("*");
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anybody);
    response
}
