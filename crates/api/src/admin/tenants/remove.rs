//! `DELETE /admin/v1/tenants/{tenant}`: deletes a tenant, so that it can be restored for some time.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{delete_tenant, tenant};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/tenants/{tenant}", Access::Operator("iam.tenants.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "deleteTenant",
    summary: "Delete a tenant",
    description: "Its users are shut out at once. It can be restored until its retention time is over; its name stays taken until then.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::WrongState],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let tenant = tenant(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(tenant.version)?;
    delete_tenant(&call.admin(), tenant).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
