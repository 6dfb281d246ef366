//! `POST /admin/v1/tenants:purge`: removes for good what was deleted long ago.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::purge;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Parameter, Payload},
    },
    problem::{Problem, json},
    query::encode_cursor,
};

admin_route!(POST "/admin/v1/tenants:purge", Access::Operator("iam.tenants.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "purgeTenants",
    summary: "Purge what was deleted long ago",
    description: "Removes deleted tenants and users whose retention time is over, of 100 tenants at a time. Call it with `cursor` until there is no `next_cursor`: once a day is enough.",
    kind: Kind::Act,
    query: &[Parameter {
        name: "cursor",
        description: "The `next_cursor` of the call before.",
        example: "",
    }],
    request: None,
    response: Some(Payload::json::<PurgeView>(
        r#"{"tenants": 0, "users": 2, "idempotency_keys": 17}"#,
    )),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let page = call.query.page();
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let purged = purge(&call.admin(), page.after).await?;
    let view = PurgeView {
        tenants: purged.tenants,
        users: purged.users,
        idempotency_keys: purged.idempotency_keys,
        next_cursor: purged.next.as_deref().map(encode_cursor),
    };
    Ok(json(StatusCode::OK, "application/json", &view))
}

/// What was removed.
#[derive(JsonSchema, Serialize)]
struct PurgeView {
    /// Tenants.
    tenants: u64,
    /// Users.
    users: u64,
    /// Records of creates that are not recognised any more.
    idempotency_keys: u64,
    /// What to call it with again, if there is more to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}
