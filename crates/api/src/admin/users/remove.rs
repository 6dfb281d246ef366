//! `DELETE /admin/v1/users/{id}`: deletes a user.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{delete_user, live_user};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/users/{id}", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "deleteUser",
    summary: "Delete a user",
    description: "Ends its sessions. It keeps its names and can be restored until the tenant's retention time is over; to remove it for good, erase it. Nobody deletes themself.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[
        Code::BeyondOwnPermissions,
        Code::OauthUnavailable,
        Code::WrongState,
    ],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(user.version)?;
    delete_user(&call.admin(), user).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
