//! `POST /account/sessions:revoke-all`: ends all sessions of the caller, this one too, and forgets
//! all consents.
//!
//! Permissions: the caller's own token.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::end_all_sessions;

use crate::{
    Access, Route,
    account::call::Account,
    call::Call,
    problem::{Problem, empty},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/sessions:revoke-all",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    call.body.none(&call.headers)?;
    account
        .own(&call.headers, async |ports, caller| {
            end_all_sessions(ports, caller).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
