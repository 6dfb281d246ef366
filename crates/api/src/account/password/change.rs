//! `POST /account/password:change`: another password for who knows the one there is. All sessions
//! end, and the user is told by mail.
//!
//! Permissions: the caller's own token.
//! Errors: `invalid_credentials`, `invalid_request` for a password that breaks a rule (its
//! `errors[].code` says which), `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::change_password;

use crate::{
    Access, Route,
    account::call::Account,
    call::Call,
    fields::Fields,
    problem::{Problem, empty},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/password:change",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let current = fields.secret("current_password");
    let new = fields.secret("new_password");
    let complete = fields.finish()?;
    let (current, new) = (current.open(&complete)?, new.open(&complete)?);
    account
        .own(&call.headers, async |ports, caller| {
            change_password(ports, caller, current, &new).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
