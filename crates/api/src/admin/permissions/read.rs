//! `GET /admin/v1/permissions/{permission}`: a permission of the catalogue.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::permission;

use super::wire::{EXAMPLE, PermissionView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/permissions/{permission}", Access::Tenant("iam.permissions.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readPermission",
    summary: "Read a permission",
    description: "",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<PermissionView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let entry = permission(&call.admin(), &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &PermissionView::from(entry))
}
