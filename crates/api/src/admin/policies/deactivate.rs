//! `POST /admin/v1/policies:deactivate`: let no policy decide.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::deactivate_policy;

use super::wire::{ACTIVATION, ActivationView};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::{Problem, json},
};

admin_route!(POST "/admin/v1/policies:deactivate", Access::Tenant("iam.policies.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "deactivatePolicy",
    summary: "Let no policy decide",
    description: "Roles alone decide, from the next login or refresh on.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<ActivationView>(ACTIVATION)),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let activation = deactivate_policy(&call.admin()).await?;
    Ok(json(
        StatusCode::OK,
        "application/json",
        &ActivationView::from(activation),
    ))
}
