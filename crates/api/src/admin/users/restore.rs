//! `POST /admin/v1/users/{id}:restore`: restore a user.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{restore_user, user};

use super::wire::{EXAMPLE, UserView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/users/{id}:restore", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "restoreUser",
    summary: "Restore a deleted user",
    description: "It comes back disabled, with the roles and groups it had: look at those before you enable it, as they may be more than it should have by now. A user who is not deleted stays as it is.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let user = user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(user.version)?;
    let user = restore_user(&call.admin(), user).await?;
    call.one(StatusCode::OK, &UserView::from(user))
}
