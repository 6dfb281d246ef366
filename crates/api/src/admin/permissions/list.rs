//! `GET /admin/v1/permissions`: the tenant's permission catalogue.

use bytes::Bytes;
use http::Response;
use iam_identity::permissions;

use super::wire::{EXAMPLE, PermissionView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/permissions", Access::Tenant("iam.permissions.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listPermissions",
    summary: "List the permission catalogue",
    description: "By name. The permissions of this API (`iam.…`) are known to every tenant and are not in the list.",
    kind: Kind::List,
    query: &[Parameter {
        name: "name",
        description: "How the permission begins.",
        example: "order.",
    }],
    request: None,
    response: Some(Payload::json::<PermissionView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let prefix = call.query.text("name");
    let page = call.query.page();
    call.query.finish()?;
    let listing = permissions(&call.admin(), prefix.as_deref(), &page).await?;
    call.many::<_, PermissionView>(listing)
}
