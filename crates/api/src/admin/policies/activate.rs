//! `POST /admin/v1/policies/{id}:activate`: lets a version of the policy decide.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::activate_policy;

use super::wire::{ACTIVATION, ActivationView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::{Problem, json},
};

admin_route!(POST "/admin/v1/policies/{id}:activate", Access::Tenant("iam.policies.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "activatePolicy",
    summary: "Let a version of the policy decide",
    description: "It decides at logins and refreshes from the next one on.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<ActivationView>(ACTIVATION)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let activation = activate_policy(&call.admin(), call.parameter(0)?).await?;
    Ok(json(
        StatusCode::OK,
        "application/json",
        &ActivationView::from(activation),
    ))
}
