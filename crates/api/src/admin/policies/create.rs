//! `POST /admin/v1/policies`: uploads a version of the policy.

use bytes::Bytes;
use http::Response;
use iam_identity::{policy, upload_policy};

use super::wire::{EXAMPLE, NEW, NewPolicy, PolicyView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route, id_of},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/policies", Access::Tenant("iam.policies.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "uploadPolicy",
    summary: "Upload a version of the policy",
    description: "It is compiled, and its own tests are run: what does not pass them is refused. It decides nothing until it is activated; see docs/policy.md.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<NewPolicy>(NEW)),
    response: Some(Payload::json::<PolicyView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let body = NewPolicy::read(call.call.body.json(&call.call.headers)?)?;
    call.create::<PolicyView>(
        async |admin| PolicyView::of(admin, upload_policy(admin, body.into()).await?).await,
        async |admin, id| PolicyView::of(admin, policy(admin, &id_of(id)?).await?).await,
    )
    .await
}
