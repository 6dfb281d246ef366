//! `POST /admin/v1/users/{id}:require-password-change`: require a new password.

use bytes::Bytes;
use http::Response;
use iam_identity::require_password_change;

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

admin_route!(POST "/admin/v1/users/{id}:require-password-change", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "requirePasswordChange",
    summary: "Require a new password",
    description: "The user has to change its password before the next tokens.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(call: AdminCall) -> Result<Response<Bytes>, Problem> {
    act(call, require_password_change).await
}
