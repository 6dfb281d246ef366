//! `POST /admin/v1/clients/{client}:rotate-secret`: gives a client a new secret.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{client, rotate_client_secret};

use super::wire::ClientView;
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(
    POST "/admin/v1/clients/{client}:rotate-secret",
    Access::Tenant("iam.clients.write"),
    handle
);

pub(crate) const OPERATION: Operation = Operation {
    id: "rotateClientSecret",
    summary: "Give a client a new secret",
    description: "The answer holds it, this once; the secret it had stops working.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<ClientView>(ROTATED)),
    errors: &[Code::OauthUnavailable, Code::WrongState],
};

const ROTATED: &str = r#"{
    "id": "shop-backend",
    "name": "Shop backend",
    "first_party": false,
    "redirect_uris": [],
    "post_logout_redirect_uris": [],
    "scope": "orders",
    "grant_types": ["client_credentials"],
    "token_endpoint_auth_method": "client_secret_basic",
    "claim_mappings": [],
    "scope_acr": {},
    "resources": [],
    "backchannel_logout_session_required": false,
    "require_pushed_authorization_requests": false,
    "allowed_origins": [],
    "client_secret": "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo",
    "version": 2,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:14:20.123Z"
}"#;

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let client = client(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(client.version)?;
    let registered = rotate_client_secret(&call.admin(), client).await?;
    call.one(StatusCode::OK, &ClientView::from(registered))
}
