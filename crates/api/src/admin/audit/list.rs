//! `GET /admin/v1/audit-events`: what happened in the tenant.

use bytes::Bytes;
use http::Response;
use iam_identity::audit_events;
use iam_storage_ports::AuditFilter;

use super::wire::{AuditEventView, FROM, UNTIL, example, times};
use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/audit-events", Access::Tenant("iam.audit.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listAuditEvents",
    summary: "List what happened",
    description: "The oldest first; ask with `from` for what is new. An event without a `sequence` waits for its place in the chain.",
    kind: Kind::List,
    query: &[
        Parameter {
            name: "actor",
            description: "The id of who did it.",
            example: "01990a5d-ac96-774b-bcce-b302099a8058",
        },
        Parameter {
            name: "target",
            description: "The id of what it was done to.",
            example: "01990a5d-ac96-774b-bcce-b302099a8057",
        },
        Parameter {
            name: "action",
            description: "How the action begins.",
            example: "role.",
        },
        Parameter {
            name: "outcome",
            description: "How it ended: `denied`, `success` or `warning`.",
            example: "success",
        },
        FROM,
        UNTIL,
    ],
    request: None,
    response: Some(Payload::json::<AuditEventView>(example!())),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let filter = AuditFilter {
        actor: call.query.text("actor"),
        target: call.query.text("target"),
        action_prefix: call.query.text("action"),
        outcome: call.query.optional("outcome"),
        ..times(&mut call.query)
    };
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, AuditEventView>(audit_events(&call.admin(), &filter, &page).await?)
}
