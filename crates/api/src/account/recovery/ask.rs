//! `POST /account/recovery`: sends a code to who forgot the password. The answer is 202 whether or
//! not there is such a user.
//!
//! Permissions: none.
//! Errors: `self_service_disabled` if the tenant does not offer it, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::{Who, recover};
use iam_model::{Email, TenantName, Username};

use crate::{
    Access, Route,
    account::call::{Account, app},
    call::Call,
    fields::Fields,
    problem::{Code, FieldError, Problem, empty},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/recovery",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let tenant = fields.required::<TenantName>("tenant");
    let client_id = fields.optional("client_id");
    let email = fields.optional::<Email>("email");
    let username = fields.optional::<Username>("username");
    let complete = fields.finish()?;
    let (tenant, app) = (tenant.open(&complete)?, app(client_id)?);
    let who = who(email, username)?;
    account
        .open(async |ports| {
            recover(ports, &tenant, &app, &who).await?;
            Ok(empty(StatusCode::ACCEPTED))
        })
        .await
}

fn who(email: Option<Email>, username: Option<Username>) -> Result<Who, Problem> {
    match (email, username) {
        (Some(email), None) => Ok(Who::Email(email)),
        (None, Some(username)) => Ok(Who::Username(username)),
        (None, None) | (Some(_), Some(_)) => {
            let error = FieldError::at("", "takes either `email` or `username`");
            Err(Problem::new(Code::InvalidRequest).errors(vec![error]))
        }
    }
}
