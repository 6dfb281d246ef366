//! `PATCH /admin/v1/tenants/{tenant}`: changes a tenant and its settings.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{change_tenant, tenant};

use super::wire::{EXAMPLE, TenantBody, TenantView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(PATCH "/admin/v1/tenants/{tenant}", Access::Tenant("iam.tenants.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "changeTenant",
    summary: "Change a tenant",
    description: "New token lifetimes hold for tokens issued from then on.",
    kind: Kind::Change,
    query: &[],
    request: Some(Payload::json::<TenantBody>(
        r#"{"settings": {"token_lifetimes": {"access_token": 600}}}"#,
    )),
    response: Some(Payload::json::<TenantView>(EXAMPLE)),
    errors: &[Code::WrongState],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let tenant = tenant(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(tenant.version)?;
    let body = TenantBody::read(call.patched(&TenantBody::from(&tenant))?)?;
    let tenant = change_tenant(&call.admin(), tenant, body.into()).await?;
    call.one(StatusCode::OK, &TenantView::from(tenant))
}
