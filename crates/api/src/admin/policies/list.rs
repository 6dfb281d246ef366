//! `GET /admin/v1/policies`: the versions of the tenant's policy.

use bytes::Bytes;
use http::Response;
use iam_identity::{policies, policy_activation};

use super::wire::{EXAMPLE, PolicyView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/policies", Access::Tenant("iam.policies.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listPolicies",
    summary: "List the versions of the policy",
    description: "In the order they were uploaded.",
    kind: Kind::List,
    query: &[],
    request: None,
    response: Some(Payload::json::<PolicyView>(EXAMPLE)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let page = call.query.page();
    call.query.finish()?;
    let admin = call.admin();
    let (listing, activation) = (
        policies(&admin, &page).await?,
        policy_activation(&admin).await?,
    );
    let views = listing.map(|policy| PolicyView::new(policy, &activation));
    call.many::<_, PolicyView>(views)
}
