//! `PATCH /admin/v1/api-keys/{id}`: changes an API key.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{api_key, change_api_key};

use super::wire::{ApiKeyBody, ApiKeyView, EXAMPLE};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(PATCH "/admin/v1/api-keys/{id}", Access::Tenant("iam.keys.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "changeApiKey",
    summary: "Change what an API key may do, or until when",
    description: "The key itself stays the same; `\"expires_at\": null` lets it work for ever. A revoked key stays as it is.",
    kind: Kind::Change,
    query: &[],
    request: Some(Payload::json::<ApiKeyBody>(
        r#"{"permissions": ["iam.users.read"]}"#,
    )),
    response: Some(Payload::json::<ApiKeyView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::WrongState],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let key = api_key(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(key.version)?;
    let body = ApiKeyBody::read(call.patched(&ApiKeyBody::from(&key))?)?;
    let key = change_api_key(&call.admin(), key, body.into()).await?;
    call.one(StatusCode::OK, &ApiKeyView::from(key))
}
