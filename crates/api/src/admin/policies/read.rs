//! `GET /admin/v1/policies/{id}`: a version of the policy.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::policy;

use super::wire::{EXAMPLE, PolicyView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/policies/{id}", Access::Tenant("iam.policies.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readPolicy",
    summary: "Read a version of the policy",
    description: "",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<PolicyView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let admin = call.admin();
    let policy = policy(&admin, &call.parameter(0)?).await?;
    call.one(StatusCode::OK, &PolicyView::of(&admin, policy).await?)
}
