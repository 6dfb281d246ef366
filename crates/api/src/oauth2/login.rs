//! `GET /oauth2/login?login_challenge=`: Hydra sends browsers here that have to log in. They go to
//! the login page of the client, or of the tenant's apps, with the challenge; or, if a remembered
//! login is still good enough, back to Hydra.
//!
//! Permissions: none; the challenge is the permission.
//! Errors: `invalid_challenge`, and 503 for what is out of reach.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::browser_login;

use super::browser::{Browsing, challenge, go_on, sender};
use crate::{Access, Route, call::Call, problem::Problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/oauth2/login",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let challenge = challenge(&call, "login_challenge")?;
    let browsing = Browsing::of(&call)?;
    go_on(browser_login(&browsing.ports(), &sender(&call), &challenge).await?)
}
