//! `POST /admin/v1/permissions`: adds a permission to the catalogue.

use bytes::Bytes;
use http::Response;
use iam_identity::{create_permission, permission};

use super::wire::{EXAMPLE, NewPermission, PermissionView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route, id_of},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/permissions", Access::Tenant("iam.permissions.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "createPermission",
    summary: "Add a permission to the catalogue",
    description: "Roles can be made of what is in the catalogue, and of wildcards over it.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<NewPermission>(
        r#"{"permission": "order.cancel", "description": "Cancel an order"}"#,
    )),
    response: Some(Payload::json::<PermissionView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let body = NewPermission::read(call.call.body.json(&call.call.headers)?)?;
    let (name, description) = (body.permission, body.description.unwrap_or_default());
    call.create::<PermissionView>(
        async |admin| Ok(create_permission(admin, name, description).await?.into()),
        async |admin, name| Ok(permission(admin, &id_of(name)?).await?.into()),
    )
    .await
}
