//! `POST /admin/v1/policies:rollback`: return to the policy before.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::roll_back_policy;

use super::wire::{ACTIVATION, ActivationView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::{Problem, json},
};

admin_route!(POST "/admin/v1/policies:rollback", Access::Tenant("iam.policies.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "rollBackPolicy",
    summary: "Return to the policy before",
    description: "Makes the version that was active before the active one again, or none if there was none. Called twice, it is as if it had not been called.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<ActivationView>(ACTIVATION)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let activation = roll_back_policy(&call.admin()).await?;
    Ok(json(
        StatusCode::OK,
        "application/json",
        &ActivationView::from(activation),
    ))
}
