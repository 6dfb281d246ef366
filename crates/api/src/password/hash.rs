//! `POST /password/hash`: a password for its hash. Private: only our own components call it.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_security::{HashReply, HashRequest, PasswordHasher};

use crate::{
    Access, Route,
    call::Call,
    problem::{Problem, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/password/hash",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let HashRequest { password } = call.body.internal(&call.headers)?;
    let hash = call.argon2id()?.hash(&password).await?;
    let hash = hash.expose().to_owned();
    Ok(json(
        StatusCode::OK,
        "application/json",
        &HashReply { hash },
    ))
}
