//! `POST /account/mfa/totp`: a key for the caller's authenticator app. It waits for its first code
//! at `/account/mfa/totp:confirm`; until then the one they have stays good.
//!
//! Permissions: the caller's own token, and the password, or a code if they have a second factor.
//! Errors: `invalid_credentials`, `invalid_code`, `proof_required`, `self_service_disabled` if the
//! tenant has no second factors, `too_many_requests`.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::{Enrollment, enroll_totp};
use serde::Serialize;

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
    path: "/account/mfa/totp",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

/// A key as its user gets to see it, this once.
#[derive(Serialize)]
struct View<'a> {
    secret: &'a str,
    otpauth_uri: &'a str,
    qr_svg: &'a str,
    qr_png: String,
    expires_in: u64,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let proof = ProofFields::read(&mut fields);
    let complete = fields.finish()?;
    let proof = proof.open(&complete)?;
    account
        .own(&call.headers, async |ports, caller| {
            Ok(shown(&enroll_totp(ports, caller, &proof).await?))
        })
        .await
}

fn shown(enrollment: &Enrollment) -> Response<Bytes> {
    let view = View {
        secret: enrollment.secret.expose(),
        otpauth_uri: enrollment.uri.expose(),
        qr_svg: enrollment.qr_code.svg.expose(),
        qr_png: BASE64_STANDARD.encode(enrollment.qr_code.png.expose()),
        expires_in: enrollment.expires_in.as_secs(),
    };
    json(StatusCode::OK, "application/json", &view)
}
