//! `GET /readyz`: whether logins can work: 200 if all behind us answers, else 503, with which.

use std::fmt::Display;

use bytes::Bytes;
use futures_util::join;
use http::{Method, Response, StatusCode};
use serde_json::json;

use crate::{
    Access, Route,
    call::Call,
    problem::{self, Problem},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/readyz",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let (storage, ephemeral, hydra) = (call.storage()?, call.ephemeral()?, call.hydra()?);
    let (database, ephemeral, oauth) = join!(storage.ping(), ephemeral.ping(), hydra.ping());
    let database = check(&call, "database", &database);
    let ephemeral = check(&call, "ephemeral", &ephemeral);
    let oauth = check(&call, "oauth", &oauth);
    let ready = database && ephemeral && oauth;
    let word = |ok| if ok { "ok" } else { "unavailable" };
    let body = json!({
        "status": if ready { "ready" } else { "unavailable" },
        "checks": {
            "database": word(database),
            "ephemeral": word(ephemeral),
            "oauth": word(oauth),
        },
    });
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Ok(problem::json(status, "application/json", &body))
}

fn check<E: Display>(call: &Call, what: &str, outcome: &Result<(), E>) -> bool {
    if let Err(error) = outcome {
        call.platform.log(&format!("not ready: {what}: {error}"));
    }
    outcome.is_ok()
}
