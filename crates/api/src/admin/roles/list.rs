//! `GET /admin/v1/roles`: the tenant's roles.

use bytes::Bytes;
use http::Response;
use iam_identity::roles;
use iam_storage_ports::{Grantee, RoleFilter};

use super::wire::{EXAMPLE, RoleView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/roles", Access::Tenant("iam.roles.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listRoles",
    summary: "List roles",
    description: "In the order they were made. `user` and `group` find what was given directly.",
    kind: Kind::List,
    query: &[
        Parameter {
            name: "name",
            description: "How the name begins.",
            example: "cl",
        },
        Parameter {
            name: "user",
            description: "The id of a user who was given them.",
            example: "01990a5d-ac96-774b-bcce-b302099a8058",
        },
        Parameter {
            name: "group",
            description: "The id of a group that was given them.",
            example: "01990a5d-ac96-774b-bcce-b302099a8059",
        },
    ],
    request: None,
    response: Some(Payload::json::<RoleView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let (user, group) = (call.query.optional("user"), call.query.optional("group"));
    if user.is_some() && group.is_some() {
        call.query
            .error("group", "cannot be asked for together with `user`");
    }
    let filter = RoleFilter {
        name_prefix: call.query.text("name"),
        grantee: user.map(Grantee::User).or(group.map(Grantee::Group)),
    };
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, RoleView>(roles(&call.admin(), &filter, &page).await?)
}
