//! `GET /admin/v1/clients/{client}`: a client.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::client;

use super::wire::{ClientView, EXAMPLE};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/clients/{client}", Access::Tenant("iam.clients.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readClient",
    summary: "Read a client",
    description: "",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<ClientView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let client = client(&call.admin(), &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &ClientView::from(client))
}
