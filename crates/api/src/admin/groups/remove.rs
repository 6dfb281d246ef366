//! `DELETE /admin/v1/groups/{id}`: removes a group.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{group, remove_group};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/groups/{id}", Access::Tenant("iam.groups.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "removeGroup",
    summary: "Remove a group",
    description: "Takes its roles from all who are in it, which takes all that they allow. Groups below it have to be moved or removed first.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::BeyondOwnPermissions, Code::InUse],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let group = group(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(group.version)?;
    remove_group(&call.admin(), &group).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
