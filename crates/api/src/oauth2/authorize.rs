//! `GET` and `POST /oauth2/auth`: the authorization endpoint (RFC 6749 §3.1).
//!
//! Permissions: none.
//! Errors: those of RFC 6749 §4.1.2.1, at the redirect URI. If the client is unknown or the
//! redirect URI not its own, at the error page of the tenant's app, or as JSON with status 400.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::authorize;

use super::browser::{Browsing, cookies, parameters, see_other, stop};
use crate::{Access, Route, call::Call, problem::Problem};

/// The path.
pub(super) const PATH: &str = "/oauth2/auth";

/// The route of links.
pub const GET: Route = route(Method::GET);

/// The route of forms (OIDC Core §3.1.2.1).
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
    match authorize(&browsing.ports(), parameters, cookies.as_ref()).await {
        Ok(onward) => see_other(&onward),
        Err(error) => stop(error),
    }
}
