//! `POST /admin/v1/tenants`: makes a tenant.

use bytes::Bytes;
use http::Response;
use iam_identity::{create_tenant, tenant};

use super::wire::{EXAMPLE, NewTenant, TenantView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route, id_of},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/tenants", Access::Operator("iam.tenants.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "createTenant",
    summary: "Make a tenant",
    description: "Its name is in every token and is never changed. Nothing else is set up for it, so it is there at once.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<NewTenant>(
        r#"{"name": "acme", "display_name": "Acme GmbH", "settings": {"mfa": "optional"}}"#,
    )),
    response: Some(Payload::json::<TenantView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let body = NewTenant::read(call.call.body.json(&call.call.headers)?)?;
    let (name, spec) = body.into_parts();
    call.create::<TenantView>(
        async |admin| Ok(create_tenant(admin, name, spec).await?.into()),
        async |admin, name| Ok(tenant(admin, &id_of(name)?).await?.into()),
    )
    .await
}
