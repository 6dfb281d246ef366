//! The OAuth2 surface: token endpoint, keys and metadata.
#![expect(
    unsafe_code,
    clippy::same_length_and_capacity,
    reason = "the bindings that `http_component` generates"
)]

use http::Response;
use iam_api::oauth2;
use spin_sdk::{http::IncomingRequest, http_component};

#[http_component]
async fn handle(request: IncomingRequest) -> Response<Vec<u8>> {
    let routes = [
        oauth2::token::ROUTE,
        oauth2::jwks::ROUTE,
        oauth2::metadata::OPENID_CONFIGURATION,
        oauth2::metadata::AUTHORIZATION_SERVER,
    ];
    iam_host_spin::serve(request, &routes).await
}
