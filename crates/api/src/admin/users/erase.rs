//! `POST /admin/v1/users/{id}:erase`: removes a user for good.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{erase_user, user};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(POST "/admin/v1/users/{id}:erase", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "eraseUser",
    summary: "Erase a user",
    description: "Removes a user, deleted before or not, with all that is known of it, at once and for good (GDPR art. 17). What it did stays in the audit log under its id, without addresses and names. Nobody erases themself.",
    kind: Kind::Act,
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
    call.call.body.none(&call.call.headers)?;
    let user = user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(user.version)?;
    erase_user(&call.admin(), &user).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
