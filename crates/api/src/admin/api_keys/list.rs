//! `GET /admin/v1/api-keys`: the tenant's API keys.

use bytes::Bytes;
use http::Response;
use iam_identity::api_keys;

use super::wire::{ApiKeyView, EXAMPLE};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/api-keys", Access::Tenant("iam.keys.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listApiKeys",
    summary: "List API keys",
    description: "In the order they were made; the revoked and the expired too.",
    kind: Kind::List,
    query: &[],
    request: None,
    response: Some(Payload::json::<ApiKeyView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, ApiKeyView>(api_keys(&call.admin(), &page).await?)
}
