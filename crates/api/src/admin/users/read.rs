//! `GET /admin/v1/users/{id}`: a user.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::user;

use super::wire::{EXAMPLE, UserView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/users/{id}", Access::Tenant("iam.users.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readUser",
    summary: "Read a user",
    description: "A deleted user can be read too, until it is purged. Its roles are those that `GET /admin/v1/roles?user=` lists.",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let user = user(&call.admin(), &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &UserView::from(user))
}
