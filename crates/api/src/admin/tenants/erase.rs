//! `POST /admin/v1/tenants/{tenant}:erase`: removes a tenant and all that belongs to it, for good.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{erase_tenant, tenant};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(POST "/admin/v1/tenants/{tenant}:erase", Access::Operator("iam.tenants.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "eraseTenant",
    summary: "Erase a tenant",
    description: "Removes it with its users, clients and audit log, at once and for good (GDPR art. 17). Export it first.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::WrongState],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let tenant = tenant(&call.admin(), &call.parameter(0)?).await?;
    // There is no way back, so there is no way to do it to something other than what was read.
    call.ensure_matches(tenant.version)?;
    erase_tenant(&call.admin(), &tenant).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
