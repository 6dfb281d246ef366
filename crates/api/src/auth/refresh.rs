//! `POST /auth/refresh`: a refresh token for new tokens. The old refresh token is used up; of those
//! who send it at once, all get tokens.
//!
//! Permissions: none; the token is the permission.
//! Errors: `assurance_required` and `password_change_required`, which a new login settles,
//! `invalid_grant`, `invalid_json`, `invalid_request`, `payload_too_large`,
//! `unknown_client`, `unsupported_media_type`, and 503 for what is out of reach.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::{TokenPorts, refresh};

use super::tokens::complete;
use crate::{Access, Route, call::Call, fields::Fields, problem::Problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/refresh",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let client_id = fields.required("client_id");
    let refresh_token = fields.secret("refresh_token");
    let proof = fields.finish()?;
    let (client_id, refresh_token) = (client_id.open(&proof)?, refresh_token.open(&proof)?);
    let (storage, hydra) = (call.storage()?, call.hydra()?);
    let ports = TokenPorts {
        platform: &*call.platform,
        storage: &*storage,
        hydra: &hydra,
        issuer: &call.issuer()?,
    };
    let tokens = refresh(&ports, &client_id, &refresh_token).await?;
    Ok(complete(&tokens))
}
