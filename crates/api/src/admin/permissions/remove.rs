//! `DELETE /admin/v1/permissions/{permission}`: removes a permission from the catalogue.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{permission, remove_permission};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/permissions/{permission}", Access::Tenant("iam.permissions.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "removePermission",
    summary: "Remove a permission from the catalogue",
    description: "Roles must not name it any more.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::InUse],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let entry = permission(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(entry.version)?;
    remove_permission(&call.admin(), &entry).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
