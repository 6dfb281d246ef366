//! `POST /account/register`: an account for whoever wants one, if the tenant lets them. The answer
//! is 202 whether or not the address has an account: the code that is sent to it, brought to
//! `/account/invitation:accept` with a password, makes the account active.
//!
//! Permissions: none.
//! Errors: `self_service_disabled` if the tenant does not offer it, `invalid_request` for a username
//! that is taken, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::{Registration, register};
use iam_model::{Profile, TenantName};

use crate::{
    Access, Route,
    account::call::{Account, app},
    call::Call,
    fields::Fields,
    problem::{Problem, empty},
};

/// The route.
pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/register",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let registration = read(&call)?;
    account
        .open(async |ports| {
            register(ports, registration).await?;
            Ok(empty(StatusCode::ACCEPTED))
        })
        .await
}

fn read(call: &Call) -> Result<Registration, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let tenant = fields.required::<TenantName>("tenant");
    let client_id = fields.optional("client_id");
    let username = fields.optional("username");
    let email = fields.required("email");
    let profile = fields.take::<Option<Profile>>("profile");
    let complete = fields.finish()?;
    Ok(Registration {
        tenant: tenant.open(&complete)?,
        client_id: app(client_id)?,
        username,
        email: email.open(&complete)?,
        profile: profile.open(&complete)?.unwrap_or_default(),
    })
}
