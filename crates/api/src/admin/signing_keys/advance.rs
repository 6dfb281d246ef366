//! `POST /admin/v1/signing-keys:advance`: does whatever is due with the keys.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_hydra::Advance;
use iam_identity::advance_signing_keys;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::{Problem, json},
};

admin_route!(POST "/admin/v1/signing-keys:advance", Access::Operator("iam.signing.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "advanceSigningKeys",
    summary: "Do whatever is due with the keys that tokens are signed with",
    description: "Starts a rotation if the key that signs has reached its age, and removes keys that nobody needs any more. Call it once an hour; more often, or from many places at once, does no harm. `iam up` does it by itself.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<AdvanceView>(r#"{"removed": []}"#)),
    errors: &[Code::OauthUnavailable],
};

/// What was due.
#[derive(JsonSchema, Serialize)]
struct AdvanceView {
    /// The key that was made because the one that signs has reached its age.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    /// The key that logout tokens are signed with from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    activated: Option<String>,
    /// The keys that were removed.
    removed: Vec<String>,
}

impl From<Advance> for AdvanceView {
    fn from(done: Advance) -> Self {
        Self {
            created: done.created,
            activated: done.activated,
            removed: done.removed,
        }
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let settings = call.call.signing_key_settings()?;
    let done = advance_signing_keys(&call.admin(), &settings).await?;
    let view = AdvanceView::from(done);
    Ok(json(StatusCode::OK, "application/json", &view))
}
