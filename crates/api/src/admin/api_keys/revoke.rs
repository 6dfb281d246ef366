//! `POST /admin/v1/api-keys/{id}:revoke`: makes an API key stop working.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{api_key, revoke_api_key};

use super::wire::ApiKeyView;
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/api-keys/{id}:revoke", Access::Tenant("iam.keys.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "revokeApiKey",
    summary: "Revoke an API key",
    description: "It stops working at once, for good, and stays in the list. No harm if it is revoked already.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<ApiKeyView>(REVOKED)),
    errors: &[],
};

const REVOKED: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8061",
    "name": "nightly import",
    "permissions": ["iam.users.read", "iam.users.write"],
    "expires_at": "2026-12-20T14:13:20.123Z",
    "revoked_at": "2026-10-01T08:00:00Z",
    "version": 2,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-10-01T08:00:00Z"
}"#;

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let key = api_key(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(key.version)?;
    let key = revoke_api_key(&call.admin(), key).await?;
    call.one(StatusCode::OK, &ApiKeyView::from(key))
}
