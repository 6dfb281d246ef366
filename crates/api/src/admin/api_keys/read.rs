//! `GET /admin/v1/api-keys/{id}`: an API key, without its secret.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::api_key;

use super::wire::{ApiKeyView, EXAMPLE};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/api-keys/{id}", Access::Tenant("iam.keys.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readApiKey",
    summary: "Read what an API key may do",
    description: "",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<ApiKeyView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let key = api_key(&call.admin(), &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &ApiKeyView::from(key))
}
