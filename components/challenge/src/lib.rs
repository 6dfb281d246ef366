//! POST /oauth2/challenge: logins of first-party apps for a code.
#![expect(
    unsafe_code,
    clippy::same_length_and_capacity,
    reason = "the bindings that `http_component` generates"
)]

use http::Response;
use iam_api::oauth2::{challenge, cors};
use spin_sdk::{http::IncomingRequest, http_component};

#[http_component]
async fn handle(request: IncomingRequest) -> Response<Vec<u8>> {
    let routes = [challenge::ROUTE, cors::preflight(challenge::ROUTE.path())];
    iam_host_spin::serve(request, &routes).await
}
