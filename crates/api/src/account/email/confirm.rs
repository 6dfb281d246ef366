//! `POST /account/email:confirm`: the code that was sent to an address, which is verified then.
//!
//! Permissions: none; the code is the permission.
//! Errors: `invalid_code`, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::confirm_email;

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
    path: "/account/email:confirm",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let code = CodeFields::read(&mut fields);
    let complete = fields.finish()?;
    let code = code.open(&complete)?;
    account
        .open(async |ports| {
            confirm_email(ports, &code.bearer()).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
