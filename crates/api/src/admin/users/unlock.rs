//! `POST /admin/v1/users/{id}:unlock`: unlock a user.

use bytes::Bytes;
use http::Response;
use iam_identity::unlock_user;

use super::{
    act,
    wire::{EXAMPLE, UserView},
};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/users/{id}:unlock", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "unlockUser",
    summary: "Unlock a user",
    description: "Lets a locked user in again.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::WrongState],
};

async fn handle(call: AdminCall) -> Result<Response<Bytes>, Problem> {
    act(call, unlock_user).await
}
