//! `GET /oauth2/error`: Hydra sends browsers here that it can send nowhere else. What it says is
//! ours alone, and whatever else comes here has come by a link of somebody's.
//!
//! Permissions: none.

use bytes::Bytes;
use http::{Method, Response};

use super::refusal::error;
use crate::{Access, Route};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/oauth2/error",
    access: Access::Open,
    handler: |_| Box::pin(async { Ok::<Response<Bytes>, _>(error("invalid_request")) }),
};
