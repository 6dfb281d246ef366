//! `GET /admin/v1/groups/{id}`: a group.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::group;

use super::wire::{EXAMPLE, GroupView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/groups/{id}", Access::Tenant("iam.groups.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readGroup",
    summary: "Read a group",
    description: "",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<GroupView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let group = group(&call.admin(), &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &GroupView::from(group))
}
