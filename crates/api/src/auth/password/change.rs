//! `POST /auth/password/change`: a password of their own, or a new one, from a user who cannot log
//! in without. Whoever else is logged in as them is logged out.
//!
//! Permissions: none; the token of the step is the permission.
//! Errors: `invalid_request` with another `step` for a password that cannot be taken, until it was
//! tried too often; `invalid_step`; those of the JSON body; `too_many_requests`, after which the
//! token is as good as before; and those that a login ends with.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::change_password;

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
    path: "/auth/password/change",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let step_token = fields.secret("step_token");
    let new_password = fields.secret("new_password");
    let complete = fields.finish()?;
    let (step_token, new) = (step_token.open(&complete)?, new_password.open(&complete)?);
    let (steps, sender) = (Steps::of(&call)?, sender(&call));
    let (hasher, keyring) = (call.hasher()?, call.keyring()?);
    steps
        .run(async |ports| {
            let changed = change_password(ports, (&*hasher, &keyring), &sender, &step_token, &new);
            answer(changed.await?)
        })
        .await
}
