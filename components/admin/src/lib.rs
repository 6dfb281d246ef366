//! /admin/v1 and /openapi.json: all that an operator does.
#![expect(
    unsafe_code,
    clippy::same_length_and_capacity,
    reason = "the bindings that `http_component` generates"
)]

use http::Response;
use iam_api::{admin, openapi};
use spin_sdk::{http::IncomingRequest, http_component};

#[http_component]
async fn handle(request: IncomingRequest) -> Response<Vec<u8>> {
    let mut routes = admin::ROUTES.to_vec();
    routes.push(openapi::ROUTE);
    iam_host_spin::serve(request, &routes).await
}
