//! `DELETE /account/sessions/{id}`: ends one session. It is refreshed no more; its access token is
//! good until it expires.
//!
//! Permissions: the caller's own token.
//! Errors: `not_found` for what is no session of theirs.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::end_session;

use crate::{
    Access, Route,
    account::call::Account,
    call::Call,
    problem::{Problem, empty},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::DELETE,
    path: "/account/sessions/{id}",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    account
        .own(&call.headers, async |ports, caller| {
            end_session(ports, caller, &call.parameter(0)?).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
