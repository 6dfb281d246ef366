//! `POST /password/verify`: whether a password is the one of a hash. Private: only our own
//! components call it.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_security::{PasswordHasher, VerifyReply, VerifyRequest};

use crate::{
    Access, Route,
    call::Call,
    problem::{Problem, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/password/verify",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let VerifyRequest { password, hash } = call.body.internal(&call.headers)?;
    let hasher = call.argon2id()?;
    let verdict = hasher.verify(&password, hash.as_ref()).await?;
    let reply = VerifyReply { verdict };
    Ok(json(StatusCode::OK, "application/json", &reply))
}
