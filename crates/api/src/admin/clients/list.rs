//! `GET /admin/v1/clients`: the tenant's clients.

use bytes::Bytes;
use http::Response;
use iam_identity::clients;

use super::wire::{ClientView, EXAMPLE};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/clients", Access::Tenant("iam.clients.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listClients",
    summary: "List clients",
    description: "By id.",
    kind: Kind::List,
    query: &[Parameter {
        name: "id",
        description: "How the id begins.",
        example: "shop",
    }],
    request: None,
    response: Some(Payload::json::<ClientView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let prefix = call.query.text("id");
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, ClientView>(clients(&call.admin(), prefix.as_deref(), &page).await?)
}
