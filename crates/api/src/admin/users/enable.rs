//! `POST /admin/v1/users/{id}:enable`: enable a user.

use bytes::Bytes;
use http::Response;
use iam_identity::enable_user;

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

admin_route!(POST "/admin/v1/users/{id}:enable", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "enableUser",
    summary: "Enable a user",
    description: "Switches a disabled user on: it is active then, or invited if it has nothing to log in with yet.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::WrongState],
};

async fn handle(call: AdminCall) -> Result<Response<Bytes>, Problem> {
    act(call, enable_user).await
}
