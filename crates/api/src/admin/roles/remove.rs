//! `DELETE /admin/v1/roles/{id}`: removes a role.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{remove_role, role};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/roles/{id}", Access::Tenant("iam.roles.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "removeRole",
    summary: "Remove a role",
    description: "Takes it from all users and groups that have it.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::BeyondOwnPermissions, Code::InUse],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let role = role(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(role.version)?;
    remove_role(&call.admin(), &role).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
