//! `DELETE /admin/v1/clients/{client}`: removes a client.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{client, remove_client};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/clients/{client}", Access::Tenant("iam.clients.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "removeClient",
    summary: "Remove a client",
    description: "Its refresh tokens end with it. Access tokens that are out verify until they expire.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::OauthUnavailable],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let client = client(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(client.version)?;
    remove_client(&call.admin(), &client).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
