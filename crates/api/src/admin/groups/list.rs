//! `GET /admin/v1/groups`: the tenant's groups.

use bytes::Bytes;
use http::Response;
use iam_identity::groups;
use iam_storage_ports::GroupFilter;

use super::wire::{EXAMPLE, GroupView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/groups", Access::Tenant("iam.groups.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listGroups",
    summary: "List groups",
    description: "In the order they were made. The members of a group are listed by `GET /admin/v1/users?group=`.",
    kind: Kind::List,
    query: &[
        Parameter {
            name: "name",
            description: "How the name begins.",
            example: "sa",
        },
        Parameter {
            name: "parent",
            description: "The id of the group they are directly in.",
            example: "01990a5d-ac96-774b-bcce-b302099a8059",
        },
        Parameter {
            name: "member",
            description: "The id of a user who is directly in them.",
            example: "01990a5d-ac96-774b-bcce-b302099a8058",
        },
    ],
    request: None,
    response: Some(Payload::json::<GroupView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let filter = GroupFilter {
        name_prefix: call.query.text("name"),
        parent: call.query.optional("parent"),
        member: call.query.optional("member"),
    };
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, GroupView>(groups(&call.admin(), &filter, &page).await?)
}
