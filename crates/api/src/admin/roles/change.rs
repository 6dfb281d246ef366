//! `PATCH /admin/v1/roles/{id}`: changes a role.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{change_role, role};

use super::wire::{EXAMPLE, RoleBody, RoleView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(PATCH "/admin/v1/roles/{id}", Access::Tenant("iam.roles.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "changeRole",
    summary: "Change a role",
    description: "Takes effect in tokens from the next login or refresh of who has it.",
    kind: Kind::Change,
    query: &[],
    request: Some(Payload::json::<RoleBody>(
        r#"{"description": "Takes and cancels orders"}"#,
    )),
    response: Some(Payload::json::<RoleView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::Cycle],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let role = role(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(role.version)?;
    let body = RoleBody::read(call.patched(&RoleBody::from(&role))?)?;
    let role = change_role(&call.admin(), role, body.into()).await?;
    call.one(StatusCode::OK, &RoleView::from(role))
}
