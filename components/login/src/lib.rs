//! /auth/login and /auth/password: the steps of a login that are about its password.
#![expect(
    unsafe_code,
    clippy::same_length_and_capacity,
    reason = "the bindings that `http_component` generates"
)]

use http::Response;
use iam_api::auth;
use spin_sdk::{http::IncomingRequest, http_component};

#[http_component]
async fn handle(request: IncomingRequest) -> Response<Vec<u8>> {
    let routes = [
        auth::login::ROUTE,
        auth::login::page::ROUTE,
        auth::login::reject::ROUTE,
        auth::password::change::ROUTE,
    ];
    iam_host_spin::serve(request, &routes).await
}
