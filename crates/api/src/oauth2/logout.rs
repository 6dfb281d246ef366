//! `GET /oauth2/logout`: Hydra sends browsers here whose users log out, with `logout_challenge`,
//! and those that have logged out and have nowhere to go, without.
//!
//! Permissions: none; the challenge is the permission.
//! Errors: `invalid_challenge`, those of RFC 6749 as JSON with status 400, and 503 for what is out
//! of reach.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::logout_page;
use serde_json::json;

use super::browser::{Browsing, challenge, go_on, stop};
use crate::{
    Access, Route,
    call::Call,
    problem::{self, Problem},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/oauth2/logout",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    if call.uri.query().unwrap_or_default().is_empty() {
        let body = json!({ "status": "complete" });
        return Ok(problem::json(StatusCode::OK, "application/json", &body));
    }
    let challenge = challenge(&call, "logout_challenge")?;
    let browsing = Browsing::of(&call)?;
    match logout_page(&browsing.ports(), &challenge).await {
        Ok(url) => go_on(url),
        Err(error) => stop(error),
    }
}
