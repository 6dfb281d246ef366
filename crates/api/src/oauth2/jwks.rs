//! `GET /.well-known/jwks.json`: the public keys that verify our tokens (RFC 7517 §5).
//!
//! Permissions: none.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, header};
use iam_auth::AuthError;

use super::published;
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
    // RFC 7517 §8.5.2.
    let media_type = HeaderValue::from_static("application/jwk-set+json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    Ok(published(response))
}
