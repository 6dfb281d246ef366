//! `GET /admin/v1/roles/{id}`: a role.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::role;

use super::wire::{EXAMPLE, RoleView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/roles/{id}", Access::Tenant("iam.roles.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readRole",
    summary: "Read a role",
    description: "",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<RoleView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let role = role(&call.admin(), &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &RoleView::from(role))
}
