//! `/oauth2` and `/.well-known`: the OAuth2 surface, so far as it is open. Errors are those of
//! RFC 6749 §5.2, not problems.

mod error;
pub mod jwks;
pub mod metadata;
pub mod token;

use bytes::Bytes;
use http::{HeaderValue, Response, header};

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
