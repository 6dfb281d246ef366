//! `PUT /admin/v1/groups/{id}/roles/{role}`: gives a role to a group.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::assign_role;
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
admin_route!(PUT "/admin/v1/groups/{id}/roles/{role}", Access::Tenant("iam.groups.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "assignGroupRole",
    summary: "Give a role to a group",
    description: "All who are in it, or in a group below it, have the role from their next login or refresh. Takes `iam.roles.assign` too, or a role of one's own that delegates this one; and all that the role allows. No harm if the group has it.",
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
    assign_role(&call.admin(), &role, &Grantee::Group(group)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
