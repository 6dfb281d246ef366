//! `POST /admin/v1/users/{id}:invite`: invite a user.

use std::rc::Rc;

use bytes::Bytes;
use http::Response;
use iam_identity::{Admin, invite_user};
use iam_messaging::Outbox;

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

admin_route!(POST "/admin/v1/users/{id}:invite", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "inviteUser",
    summary: "Invite a user",
    description: "For a user who has nothing to log in with: it is to set a password itself. \
                  If it has an e-mail address, a message with a one-time code that works for a week \
                  is sent to the first one; inviting it again sends another.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::WrongState],
};

async fn handle(call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let (keyring, storage) = (call.call.keyring()?, call.call.storage()?);
    let platform = Rc::clone(&call.call.platform);
    let outbox = Outbox {
        platform: &*platform,
        storage: &*storage,
        keyring: &keyring,
    };
    let invite = async |admin: &Admin<'_>, user| invite_user(admin, &outbox, user).await;
    act(call, invite).await
}
