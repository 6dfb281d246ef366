//! `PATCH /admin/v1/clients/{client}`: changes a client.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{change_client, client};

use super::wire::{ClientBody, ClientView, EXAMPLE};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::{FieldError, Problem},
};

admin_route!(PATCH "/admin/v1/clients/{client}", Access::Tenant("iam.clients.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "changeClient",
    summary: "Change a client",
    description: "A client that has to have a secret from now on is answered its `client_secret`, this once. If the OAuth2 server cannot be reached, the client is changed all the same: read it and send the change again.",
    kind: Kind::Change,
    query: &[],
    request: Some(Payload::json::<ClientBody>(r#"{"name": "The shop"}"#)),
    response: Some(Payload::json::<ClientView>(EXAMPLE)),
    errors: &[Code::OauthUnavailable],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let client = client(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(client.version)?;
    let body = ClientBody::read(call.patched(&ClientBody::from(&client))?)?;
    let (id, spec) = body.into_parts();
    if id.is_some_and(|id| id != client.id) {
        let error = FieldError::at("/id", "cannot be changed");
        return Err(Problem::new(Code::InvalidRequest).errors(vec![error]));
    }
    let registered = change_client(&call.admin(), client, spec).await?;
    call.one(StatusCode::OK, &ClientView::from(registered))
}
