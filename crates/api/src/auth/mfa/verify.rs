//! `POST /auth/mfa/verify`: a code of the second factor for what the login is for.
//!
//! `method` is `totp` or `recovery_code`; without it, it is what the code looks like.
//!
//! Permissions: none; the token of the step is the permission.
//! Errors: `invalid_code` with another `step`, until it was tried too often; `invalid_step`; those of
//! the JSON body; `too_many_requests`, after which the token is as good as before; and those that a
//! login ends with.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::verify_code;

use crate::{
    Access, Route,
    auth::{
        outcome::answer,
        ports::{Steps, sender},
    },
    call::Call,
    fields::Fields,
    problem::Problem,
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/mfa/verify",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let step_token = fields.secret("step_token");
    let code = fields.secret("code");
    let method = fields.optional("method");
    let complete = fields.finish()?;
    let (step_token, code) = (step_token.open(&complete)?, code.open(&complete)?);
    let (steps, keyring, sender) = (Steps::of(&call)?, call.keyring()?, sender(&call));
    steps
        .run(async |ports| {
            let proof = (&code, method);
            answer(verify_code(ports, &keyring, &sender, &step_token, proof).await?)
        })
        .await
}
