//! `POST /auth/login/reject`: nobody logs in at a login page. The browser goes on to the client, with
//! `error`, which is `access_denied` if it is not given.
//!
//! Permissions: none; the challenge is the permission.
//! Errors: `invalid_challenge`, those of the JSON body, and 503 for what is out of reach.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::reject_login;
use serde_json::json;

use crate::{
    Access, Route,
    call::Call,
    fields::Fields,
    problem::{self, Problem},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/login/reject",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let challenge = fields.secret("login_challenge");
    let error = fields.optional("error");
    let challenge = challenge.open(&fields.finish()?)?;
    let refusal = error.unwrap_or_default();
    let url = reject_login(&call.hydra()?, challenge.expose(), refusal).await?;
    let body = json!({ "redirect_to": url });
    Ok(problem::json(StatusCode::OK, "application/json", &body))
}
