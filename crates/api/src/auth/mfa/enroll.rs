//! `POST /auth/mfa/enroll`: a key for the authenticator app of a user who has to have one.
//!
//! Permissions: none; the token of the step is the permission.
//! Errors: `invalid_step`, those of the JSON body, and 503 for what is out of reach.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::{Enrollment, enroll};
use serde::Serialize;

use crate::{
    Access, Route,
    auth::{ports::Steps, step::StepView},
    call::Call,
    fields::Fields,
    problem::{Problem, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/mfa/enroll",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

/// A key as its user gets to see it, this once.
#[derive(Serialize)]
struct View<'a> {
    secret: &'a str,
    otpauth_uri: &'a str,
    qr_svg: &'a str,
    qr_png: String,
    step: StepView,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let step_token = fields.secret("step_token");
    let complete = fields.finish()?;
    let step_token = step_token.open(&complete)?;
    let (steps, keyring) = (Steps::of(&call)?, call.keyring()?);
    steps
        .run(async |ports| Ok(shown(&enroll(ports, &keyring, &step_token).await?)))
        .await
}

fn shown(enrollment: &Enrollment) -> Response<Bytes> {
    let view = View {
        secret: enrollment.secret.expose(),
        otpauth_uri: enrollment.uri.expose(),
        qr_svg: enrollment.qr_code.svg.expose(),
        qr_png: BASE64_STANDARD.encode(enrollment.qr_code.png.expose()),
        step: StepView::from(&enrollment.step),
    };
    json(StatusCode::OK, "application/json", &view)
}
