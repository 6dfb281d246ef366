//! `POST /oauth2/register` (RFC 7591): registers a client.
//!
//! Permissions: the initial access token (§3) is an API key or an access token with
//! `iam.clients.write`; an operator names another tenant in the query, `?tenant=`.
//! Errors: those of RFC 7591 §3.2.2, and the admin API's where the caller is not known, may not, or
//! something is out of reach.
//!
//! What would let a client ask for passwords, or send users to pages of its choice before they have
//! logged in, is never registered here: an administrator says that of a client.

mod metadata;

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{ClientSpec, IdentityError, create_client};
use metadata::Registered;
use serde::Serialize;

use crate::{
    Access, Route,
    admin::call::AdminCall,
    problem::{Problem, json},
};

/// What registering takes: what making a client by the admin API takes.
const ACCESS: Access = Access::Tenant("iam.clients.write");

/// The route.
pub const ROUTE: Route = Route {
    method: http::Method::POST,
    path: "/oauth2/register",
    access: ACCESS,
    handler: |call| {
        Box::pin(async move {
            let call = AdminCall::open(call, ACCESS).await?;
            handle(call).await
        })
    },
};

/// RFC 7591 §3.2.2.
#[derive(Debug, Serialize)]
struct Invalid {
    error: &'static str,
    error_description: String,
}

impl Invalid {
    fn metadata(description: impl Into<String>) -> Self {
        Self {
            error: "invalid_client_metadata",
            error_description: description.into(),
        }
    }

    /// What is wrong with the metadata of this name.
    fn of(name: &str, detail: &str) -> Self {
        Self {
            error: match name {
                "redirect_uris" => "invalid_redirect_uri",
                _ => "invalid_client_metadata",
            },
            error_description: format!("{name} {detail}"),
        }
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let body = call.call.body.json(&call.call.headers)?;
    let spec = match metadata::read(body) {
        Ok(spec) => spec,
        Err(invalid) => return Ok(refuse(&invalid)),
    };
    let registered = match create(&call, spec).await {
        Ok(registered) => registered,
        Err(IdentityError::Invalid(violations)) => {
            return Ok(match violations.first() {
                Some(first) => {
                    let name = first.pointer.split('/').nth(1).unwrap_or_default();
                    refuse(&Invalid::of(name, &first.detail))
                }
                None => refuse(&Invalid::metadata("The metadata cannot be had.")),
            });
        }
        Err(IdentityError::Beyond(_)) => {
            let detail = "names permissions that the initial access token does not hold";
            return Ok(refuse(&Invalid::of("scope", detail)));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(json(StatusCode::CREATED, "application/json", &registered))
}

async fn create(call: &AdminCall, spec: ClientSpec) -> Result<Registered, IdentityError> {
    Ok(create_client(&call.admin(), None, spec).await?.into())
}

fn refuse(invalid: &Invalid) -> Response<Bytes> {
    json(StatusCode::BAD_REQUEST, "application/json", invalid)
}
