//! `DELETE /admin/v1/policies/{id}`: removes a version of the policy.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{policy, remove_policy};

use super::wire::UNCHANGING;
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(DELETE "/admin/v1/policies/{id}", Access::Tenant("iam.policies.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "removePolicy",
    summary: "Remove a version of the policy",
    description: "It must be neither the active one nor the one that a roll-back returns to. A version never changes: its ETag is always the same.",
    kind: Kind::Remove,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::InUse],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let policy = policy(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_matches(UNCHANGING)?;
    remove_policy(&call.admin(), &policy.id).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
