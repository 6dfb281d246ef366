//! `DELETE /admin/v1/groups/{id}/roles/{role}`: takes a role from a group.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::unassign_role;
use iam_storage_ports::Grantee;

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

// Who may give which role is decided in the use case, since a role can delegate it; to see groups is
// what everybody needs who gives a group anything.
admin_route!(DELETE "/admin/v1/groups/{id}/roles/{role}", Access::Tenant("iam.groups.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "unassignGroupRole",
    summary: "Take a role from a group",
    description: "Takes `iam.roles.assign` too, or a role of one's own that delegates this one; and all that the role allows. No harm if the group does not have it.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let (group, role) = (call.parameter(0)?, call.parameter(1)?);
    unassign_role(&call.admin(), &role, &Grantee::Group(group)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
