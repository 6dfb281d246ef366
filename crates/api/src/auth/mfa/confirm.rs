//! `POST /auth/mfa/confirm`: a first code, which shows that the app has the key. The answer is what
//! the login is for, with `recovery_codes`, which nobody will see again.
//!
//! Permissions: none; the token of the step is the permission.
//! Errors: as `/auth/mfa/verify`; if the login ends with one after the factor is enrolled, it has
//! `recovery_codes` too.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::{Confirmed, confirm};
use serde_json::{Map, Value};

use crate::{
    Access, Route,
    auth::{
        outcome::answer_with,
        ports::{Steps, sender},
    },
    call::Call,
    fields::Fields,
    problem::Problem,
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/mfa/confirm",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let step_token = fields.secret("step_token");
    let code = fields.secret("code");
    let complete = fields.finish()?;
    let (step_token, code) = (step_token.open(&complete)?, code.open(&complete)?);
    let (steps, keyring, sender) = (Steps::of(&call)?, call.keyring()?, sender(&call));
    steps
        .run(async |ports| shown(confirm(ports, &keyring, &sender, &step_token, &code).await?))
        .await
}

fn shown(confirmed: Confirmed) -> Result<Response<Bytes>, Problem> {
    let codes = confirmed.recovery_codes.iter();
    let codes = codes.map(|code| Value::from(code.expose().expose().as_str()));
    let own = Map::from_iter([("recovery_codes".to_owned(), codes.collect())]);
    match confirmed.outcome {
        Ok(outcome) => answer_with(outcome, own),
        Err(error) => Err(Problem::from(error).members(own)),
    }
}
