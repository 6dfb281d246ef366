//! `PUT /admin/v1/users/{id}/roles/{role}`: gives a user a role.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{assign_user_role, live_user};

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
admin_route!(PUT "/admin/v1/users/{id}/roles/{role}", Access::Tenant("iam.users.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "assignUserRole",
    summary: "Give a user a role",
    description: "For who holds `iam.roles.assign`, and for those to whom a role of their own delegates this one: so it takes no more than `iam.users.read` to be heard. Nobody can give what they do not hold. Giving it once more changes nothing.",
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
    assign_user_role(&call.admin(), &user, &call.parameter(1)?).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
