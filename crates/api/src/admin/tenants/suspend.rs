//! `POST /admin/v1/tenants/{tenant}:suspend`: suspend a tenant.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{suspend_tenant, tenant};

use super::wire::{EXAMPLE, TenantView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/tenants/{tenant}:suspend", Access::Operator("iam.tenants.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "suspendTenant",
    summary: "Suspend a tenant",
    description: "Its users are shut out: nobody logs in, and refreshes are refused. Access tokens that are out verify until they expire.",
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
    let tenant = suspend_tenant(&call.admin(), tenant).await?;
    call.one(StatusCode::OK, &TenantView::from(tenant))
}
