//! `GET` and `POST /oauth2/sessions/logout`: the `end_session_endpoint` (OIDC RP-Initiated Logout
//! §2).
//!
//! Permissions: none.
//! Errors: those of RFC 6749 as JSON with status 400, and 503 for what is out of reach.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::end_session;

use super::browser::{Browsing, cookies, parameters, see_other, stop};
use crate::{Access, Route, call::Call, problem::Problem};

/// The path.
pub(super) const PATH: &str = "/oauth2/sessions/logout";

/// The route of links.
pub const GET: Route = route(Method::GET);

/// The route of forms.
pub const POST: Route = route(Method::POST);

const fn route(method: Method) -> Route {
    Route {
        method,
        path: PATH,
        access: Access::Open,
        handler: |call| Box::pin(handle(call)),
    }
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let parameters = parameters(&call)?;
    let browsing = Browsing::of(&call)?;
    let cookies = cookies(&call.headers);
    match end_session(&browsing.ports(), &parameters, cookies.as_ref()).await {
        Ok(onward) => see_other(&onward),
        Err(error) => stop(error),
    }
}
