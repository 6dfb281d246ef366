//! `DELETE /admin/v1/groups/{id}/members/{user}`: takes a user out of a group.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::remove_member;

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/groups/{id}/members/{user}", Access::Tenant("iam.groups.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "removeGroupMember",
    summary: "Take a user out of a group",
    description: "Takes the roles of the group from them, which takes all that they allow. No harm if they are not in it.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let (group, user) = (call.parameter(0)?, call.parameter(1)?);
    remove_member(&call.admin(), &group, &user).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
