//! `POST /account/email:change`: sends a code to a new address. When it comes back to
//! `/account/email:confirm`, the address takes the place of the first.
//!
//! Permissions: the caller's own token, and the password or a code.
//! Errors: `invalid_credentials`, `invalid_code`, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::change_email;
use iam_model::Email;

use crate::{
    Access, Route,
    account::{call::Account, proof::ProofFields},
    call::Call,
    fields::Fields,
    problem::{Problem, empty},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/email:change",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let address = fields.required::<Email>("address");
    let proof = ProofFields::read(&mut fields);
    let complete = fields.finish()?;
    let (address, proof) = (address.open(&complete)?, proof.open(&complete)?);
    account
        .own(&call.headers, async |ports, caller| {
            change_email(ports, caller, &proof, &address).await?;
            Ok(empty(StatusCode::ACCEPTED))
        })
        .await
}
