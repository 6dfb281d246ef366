//! `POST /admin/v1/users/{id}:disable`: disable a user.

use bytes::Bytes;
use http::Response;
use iam_identity::disable_user;

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

admin_route!(POST "/admin/v1/users/{id}:disable", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "disableUser",
    summary: "Disable a user",
    description: "Switches a user off, whether it was active, invited or locked: nobody logs in, and refreshes are refused. Nobody disables themself.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::WrongState],
};

async fn handle(call: AdminCall) -> Result<Response<Bytes>, Problem> {
    act(call, disable_user).await
}
