//! `POST /admin/v1/tenants/{tenant}:activate`: let a suspended tenant in again.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{activate_tenant, tenant};

use super::wire::{EXAMPLE, TenantView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/tenants/{tenant}:activate", Access::Operator("iam.tenants.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "activateTenant",
    summary: "Let a suspended tenant in again",
    description: "Its users can log in again.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<TenantView>(EXAMPLE)),
    errors: &[Code::WrongState],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let tenant = tenant(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(tenant.version)?;
    let tenant = activate_tenant(&call.admin(), tenant).await?;
    call.one(StatusCode::OK, &TenantView::from(tenant))
}
