//! `GET /admin/v1/tenants/{tenant}`: a tenant.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::tenant;

use super::wire::{EXAMPLE, TenantView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/tenants/{tenant}", Access::Tenant("iam.tenants.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readTenant",
    summary: "Read a tenant",
    description: "To who is no operator there is no other tenant than their own.",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<TenantView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let tenant = tenant(&call.admin(), &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &TenantView::from(tenant))
}
