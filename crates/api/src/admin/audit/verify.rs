//! `POST /admin/v1/audit-events:verify`: seals and verifies the audit log.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::verify_events;
use serde_json::Map;

use super::wire::{VerificationView, VerifyBody};
use crate::{
    Access, Body,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::{Code, FieldError, Problem, json},
};

admin_route!(POST "/admin/v1/audit-events:verify", Access::Tenant("iam.audit.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "verifyAuditEvents",
    summary: "Verify what happened",
    description: "Gives the events that have none their places in the hash chain, and goes through it: 10,000 events at most, from the start or from where an earlier call ended. From a `head` that was kept elsewhere it also tells whether the end was cut off. An origin that was erased breaks nothing.",
    kind: Kind::Act,
    query: &[],
    request: Some(Payload::json::<VerifyBody>("{}")),
    response: Some(Payload::json::<VerificationView>(VALID)),
    errors: &[],
};

const VALID: &str = r#"{
    "valid": true,
    "events": 1,
    "complete": true,
    "sequence": 1,
    "head": "0b1cf4fc8e0f9ad2a53a4fbbbd1c4a77d3a59a6ed5a9d8aa1b6c1e3a1e0b3c55"
}"#;

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let nothing = matches!(&call.call.body, Body::Complete(bytes) if bytes.is_empty());
    let object = if nothing {
        Map::new()
    } else {
        call.call.body.json(&call.call.headers)?
    };
    let link = VerifyBody::read(object)?.link().ok_or_else(|| {
        let error = FieldError::at("/head", "and `sequence` come together");
        Problem::new(Code::InvalidRequest).errors(vec![error])
    })?;
    let found = verify_events(&call.admin(), link).await?;
    let found = VerificationView::from(found);
    Ok(json(StatusCode::OK, "application/json", &found))
}
