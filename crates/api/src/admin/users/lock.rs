//! `POST /admin/v1/users/{id}:lock`: lock a user.

use bytes::Bytes;
use http::Response;
use iam_identity::lock_user;

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

admin_route!(POST "/admin/v1/users/{id}:lock", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "lockUser",
    summary: "Lock a user",
    description: "Shuts an active user out for now: nobody logs in, and refreshes are refused. Access tokens that are out verify until they expire. Nobody locks themself.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::WrongState],
};

async fn handle(call: AdminCall) -> Result<Response<Bytes>, Problem> {
    act(call, lock_user).await
}
