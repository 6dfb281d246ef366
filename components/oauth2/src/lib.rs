//! The OAuth2 and OIDC surface.
#![expect(
    unsafe_code,
    clippy::same_length_and_capacity,
    reason = "the bindings that `http_component` generates"
)]

use iam_api::{auth, oauth2};
use spin_sdk::{
    http::{IncomingRequest, ResponseOutparam},
    http_component,
};

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    let consent = [auth::consent::GET, auth::consent::POST];
    let routes = [oauth2::ROUTES, &consent].concat();
    iam_host_spin::answer(request, out, &routes).await;
}
