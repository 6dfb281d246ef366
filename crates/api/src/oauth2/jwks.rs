//! `GET /.well-known/jwks.json`: the public keys that verify our tokens (RFC 7517 §5).
//!
//! Permissions: none.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, header};
use iam_auth::AuthError;

use crate::{Route, call::Call, problem::Problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/.well-known/jwks.json",
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let keys = call.hydra()?.jwks().await.map_err(AuthError::from)?;
    let mut response = Response::new(keys);
    let headers = response.headers_mut();
    // RFC 7517 §8.5.2.
    let media_type = HeaderValue::from_static("application/jwk-set+json");
    headers.insert(header::CONTENT_TYPE, media_type);
    let caching = HeaderValue::from_static("public, max-age=300");
    headers.insert(header::CACHE_CONTROL, caching);
    // Any web app may verify a token by itself, and these keys are public.
    let anybody = HeaderValue::from_static("*");
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anybody);
    Ok(response)
}
