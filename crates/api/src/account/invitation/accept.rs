//! `POST /account/invitation:accept`: the first password of who was invited or has registered, and
//! brings the code that was sent to them. They are active then.
//!
//! Permissions: none; the code is the permission.
//! Errors: `invalid_code`, `invalid_request` for a password that breaks a rule, which leaves the
//! code good, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::accept_invitation;

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
    path: "/account/invitation:accept",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let code = CodeFields::read(&mut fields);
    let password = fields.secret("password");
    let complete = fields.finish()?;
    let (code, password) = (code.open(&complete)?, password.open(&complete)?);
    account
        .open(async |ports| {
            accept_invitation(ports, &code.bearer(), &password).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
