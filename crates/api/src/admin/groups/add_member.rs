//! `PUT /admin/v1/groups/{id}/members/{user}`: puts a user into a group.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::add_member;

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(PUT "/admin/v1/groups/{id}/members/{user}", Access::Tenant("iam.groups.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "addGroupMember",
    summary: "Put a user into a group",
    description: "Gives them the roles of the group and of those above it, which takes all that they allow. No harm if they are in it.",
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
    add_member(&call.admin(), &group, &user).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
