//! `POST /admin/v1/roles`: makes a role.

use bytes::Bytes;
use http::Response;
use iam_identity::{create_role, role};

use super::wire::{EXAMPLE, RoleBody, RoleView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route, id_of},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/roles", Access::Tenant("iam.roles.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "createRole",
    summary: "Make a role",
    description: "Nobody can make a role that allows more than they hold themselves.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<RoleBody>(
        r#"{"name": "clerk", "description": "Takes orders", "permissions": ["order.read", "order.write"]}"#,
    )),
    response: Some(Payload::json::<RoleView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let body = RoleBody::read(call.call.body.json(&call.call.headers)?)?;
    call.create::<RoleView>(
        async |admin| Ok(create_role(admin, body.into()).await?.into()),
        async |admin, id| Ok(role(admin, &id_of(id)?).await?.into()),
    )
    .await
}
