//! `PATCH /admin/v1/permissions/{permission}`: changes what is said of a permission.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{change_permission, permission};

use super::wire::{EXAMPLE, PermissionBody, PermissionView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(PATCH "/admin/v1/permissions/{permission}", Access::Tenant("iam.permissions.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "changePermission",
    summary: "Change what is said of a permission",
    description: "",
    kind: Kind::Change,
    query: &[],
    request: Some(Payload::json::<PermissionBody>(
        r#"{"description": "Cancel an order that is not paid"}"#,
    )),
    response: Some(Payload::json::<PermissionView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let entry = permission(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(entry.version)?;
    let body = PermissionBody::read(call.patched(&PermissionBody::from(&entry))?)?;
    let description = body.description.unwrap_or_default();
    let entry = change_permission(&call.admin(), entry, description).await?;
    call.one(StatusCode::OK, &PermissionView::from(entry))
}
