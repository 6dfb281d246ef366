//! `PATCH /admin/v1/groups/{id}`: changes a group.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{change_group, group};

use super::wire::{EXAMPLE, GroupBody, GroupView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(PATCH "/admin/v1/groups/{id}", Access::Tenant("iam.groups.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "changeGroup",
    summary: "Change a group",
    description: "To move it takes all that the group it leaves and the group it comes below allow.",
    kind: Kind::Change,
    query: &[],
    request: Some(Payload::json::<GroupBody>(
        r#"{"description": "All who sell, and their boss"}"#,
    )),
    response: Some(Payload::json::<GroupView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::Cycle],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let group = group(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(group.version)?;
    let body = GroupBody::read(call.patched(&GroupBody::from(&group))?)?;
    let group = change_group(&call.admin(), group, body.into()).await?;
    call.one(StatusCode::OK, &GroupView::from(group))
}
