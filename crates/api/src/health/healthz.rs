//! `GET /healthz`: whether this component runs at all. It asks nothing of anything behind it.

use http::{Method, StatusCode};
use serde_json::json;

use crate::{Access, Route, problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/healthz",
    access: Access::Open,
    handler: |_| {
        let body = json!({ "status": "ok" });
        let response = problem::json(StatusCode::OK, "application/json", &body);
        Box::pin(async { Ok(response) })
    },
};
