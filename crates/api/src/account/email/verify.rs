//! `POST /account/email:verify`: sends a code to an address of the caller's, the first unless
//! `address` names another.
//!
//! Permissions: the caller's own token.
//! Errors: `invalid_request` for an address that is not theirs, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::verify_email;
use iam_model::Email;

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
    path: "/account/email:verify",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let address = fields.optional::<Email>("address");
    fields.finish()?;
    account
        .own(&call.headers, async |ports, caller| {
            verify_email(ports, caller, address.as_ref()).await?;
            Ok(empty(StatusCode::ACCEPTED))
        })
        .await
}
