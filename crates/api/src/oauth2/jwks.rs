//! `GET /.well-known/jwks.json`: the public keys that verify our tokens (RFC 7517 §5).
//!
//! Permissions: none.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, header};
use iam_auth::AuthError;

use super::published;
use crate::{Access, Route, call::Call, problem::Problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/.well-known/jwks.json",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let keys = call.hydra()?.jwks().await.map_err(AuthError::from)?;
    let mut response = Response::new(keys);
    // RFC 7517 §8.5.2.
    let media_type = HeaderValue::from_static("application/jwk-set+json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    let mut response = published(response);
    // A key is published for longer than this before it signs.
    let seconds = call.signing_key_settings()?.cache_time().as_secs();
    if let Ok(caching) = format!("public, max-age={seconds}").parse() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, caching);
    }
    Ok(response)
}
