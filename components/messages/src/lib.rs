//! POST /internal/messages/deliver: sends what is due.
#![expect(
    unsafe_code,
    clippy::same_length_and_capacity,
    reason = "the bindings that `http_component` generates"
)]

use http::Response;
use iam_api::messages;
use spin_sdk::{http::IncomingRequest, http_component};

#[http_component]
async fn handle(request: IncomingRequest) -> Response<Vec<u8>> {
    let routes = [messages::ROUTE];
    iam_host_spin::serve(request, &routes).await
}
