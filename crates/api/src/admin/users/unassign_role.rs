//! `DELETE /admin/v1/users/{id}/roles/{role}`: takes a role from a user.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{live_user, unassign_user_role};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

// Who may do it depends on the role, so the use case decides: it is also for those who administer
// by delegation and hold no other permission of this API than to see users.
admin_route!(DELETE "/admin/v1/users/{id}/roles/{role}", Access::Tenant("iam.users.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "unassignUserRole",
    summary: "Take a role from a user",
    description: "For the same people who may give it. A role that the user does not have is no error.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(user.version)?;
    unassign_user_role(&call.admin(), &user, &call.parameter(1)?).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
