//! `POST /admin/v1/groups`: makes a group.

use bytes::Bytes;
use http::Response;
use iam_identity::{create_group, group};

use super::wire::{EXAMPLE, GroupBody, GroupView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route, id_of},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/groups", Access::Tenant("iam.groups.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "createGroup",
    summary: "Make a group",
    description: "To put it below another takes all that the other allows.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<GroupBody>(
        r#"{"name": "sales", "description": "All who sell"}"#,
    )),
    response: Some(Payload::json::<GroupView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let body = GroupBody::read(call.call.body.json(&call.call.headers)?)?;
    call.create::<GroupView>(
        async |admin| Ok(create_group(admin, body.into()).await?.into()),
        async |admin, id| Ok(group(admin, &id_of(id)?).await?.into()),
    )
    .await
}
