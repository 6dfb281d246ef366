//! `GET /admin/v1/tenants`: the tenants of the installation.

use bytes::Bytes;
use http::Response;
use iam_identity::tenants;
use iam_storage_ports::TenantFilter;

use super::wire::{EXAMPLE, TenantView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/tenants", Access::Operator("iam.tenants.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listTenants",
    summary: "List tenants",
    description: "In the order they were made; deleted ones only with `status=deleted`.",
    kind: Kind::List,
    query: &[
        Parameter {
            name: "name",
            description: "How the name begins.",
            example: "de",
        },
        Parameter {
            name: "status",
            description: "The status: active, suspended or deleted.",
            example: "active",
        },
    ],
    request: None,
    response: Some(Payload::json::<TenantView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let filter = TenantFilter {
        status: call.query.optional("status"),
        name_prefix: call.query.text("name"),
    };
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, TenantView>(tenants(&call.admin(), &filter, &page).await?)
}
