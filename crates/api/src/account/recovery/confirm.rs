//! `POST /account/recovery:confirm`: a new password for who brings the code that was sent to them.
//! All sessions end; a second factor is asked for at the next login as ever.
//!
//! Permissions: none; the code is the permission.
//! Errors: `invalid_code`, `invalid_request` for a password that breaks a rule, which leaves the
//! code good, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::confirm_recovery;

use crate::{
    Access, Route,
    account::{call::Account, code::CodeFields},
    call::Call,
    fields::Fields,
    problem::{Problem, empty},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/recovery:confirm",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let code = CodeFields::read(&mut fields);
    let new = fields.secret("new_password");
    let complete = fields.finish()?;
    let (code, new) = (code.open(&complete)?, new.open(&complete)?);
    account
        .open(async |ports| {
            confirm_recovery(ports, &code.bearer(), &new).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
