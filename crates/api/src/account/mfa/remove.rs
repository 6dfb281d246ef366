//! `POST /account/mfa/totp:remove`: the caller has no second factor any more, and no recovery codes.
//! It is no `DELETE` since it takes a body, which has no meaning there (RFC 9110 §9.3.5).
//!
//! Permissions: the caller's own token, and a code.
//! Errors: `invalid_code`, `proof_required`, `not_found` without a second factor,
//! `self_service_disabled` where the tenant wants one of everybody, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::remove_totp;

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
    path: "/account/mfa/totp:remove",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let proof = ProofFields::read(&mut fields);
    let complete = fields.finish()?;
    let proof = proof.open(&complete)?;
    account
        .own(&call.headers, async |ports, caller| {
            remove_totp(ports, caller, &proof).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
