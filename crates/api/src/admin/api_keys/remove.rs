//! `DELETE /admin/v1/api-keys/{id}`: removes an API key.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{api_key, remove_api_key};

use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/api-keys/{id}", Access::Tenant("iam.keys.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "removeApiKey",
    summary: "Remove an API key",
    description: "It stops working. What it did stays in the audit log. `:revoke` keeps it in the list.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let key = api_key(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(key.version)?;
    remove_api_key(&call.admin(), &key).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
