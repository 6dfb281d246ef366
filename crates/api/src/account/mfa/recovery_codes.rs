//! `POST /account/mfa/recovery-codes:regenerate`: new recovery codes for the caller, which nobody
//! will see again; those there were are gone.
//!
//! Permissions: the caller's own token, and a code.
//! Errors: `invalid_code`, `proof_required`, `not_found` without a second factor,
//! `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::regenerate_recovery_codes;
use iam_security::RecoveryCode;
use serde_json::json as object;

use crate::{
    Access, Route,
    account::{call::Account, proof::ProofFields},
    call::Call,
    fields::Fields,
    problem::{Problem, json},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/mfa/recovery-codes:regenerate",
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
            Ok(shown(
                &regenerate_recovery_codes(ports, caller, &proof).await?,
            ))
        })
        .await
}

/// The codes, this once.
pub(super) fn shown(codes: &[RecoveryCode]) -> Response<Bytes> {
    let codes: Vec<_> = codes
        .iter()
        .map(|code| code.expose().expose().clone())
        .collect();
    json(
        StatusCode::OK,
        "application/json",
        &object!({ "recovery_codes": codes }),
    )
}
