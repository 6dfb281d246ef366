//! `PATCH /admin/v1/users/{id}`: changes a user.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{change_user, live_user};

use super::wire::{EXAMPLE, UserChangeBody, UserView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(PATCH "/admin/v1/users/{id}", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "changeUser",
    summary: "Change a user",
    description: "Nobody can change a user who holds more than they do themselves: who takes the address of another can get the rest too. Status and password have verbs of their own.",
    kind: Kind::Change,
    query: &[],
    request: Some(Payload::json::<UserChangeBody>(
        r#"{"attributes": {"department": "it"}, "phone": null}"#,
    )),
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::AlreadyExists, Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(user.version)?;
    let body = UserChangeBody::read(call.patched(&UserChangeBody::from(&user))?)?;
    let user = change_user(&call.admin(), user, body.into()).await?;
    call.one(StatusCode::OK, &UserView::from(user))
}
