//! `POST /admin/v1/encryption-keys:reseal`: encrypts stored secrets with the first key.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::reseal_secrets;
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

admin_route!(
    POST "/admin/v1/encryption-keys:reseal",
    Access::Operator("iam.encryption.write"),
    handle
);

pub(crate) const OPERATION: Operation = Operation {
    id: "resealSecrets",
    summary: "Encrypt stored secrets with the first encryption key",
    description: "For the secrets of all tenants that are encrypted with another key than the first in `encryption_keys`: the keys of authenticator apps. Up to 1000 of them, or 100 tenants, at a time: call it with `cursor` until there is no `next_cursor`. Then no other key is needed any more, but by what could not be opened; the audit log names those users, whose credential an operator can remove. It can run while users log in, and can be called again at any time.",
    kind: Kind::Act,
    query: &[Parameter {
        name: "cursor",
        description: "The `next_cursor` of the call before.",
        example: "",
    }],
    request: None,
    response: Some(Payload::json::<ResealView>(
        r#"{"resealed": 17, "unopenable": 0}"#,
    )),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let after = call.query.cursor();
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let keyring = call.call.keyring()?;
    let done = reseal_secrets(&call.admin(), &keyring, after).await?;
    let view = ResealView {
        resealed: done.resealed,
        unopenable: done.unopenable,
        next_cursor: done.next.as_deref().map(encode_cursor),
    };
    Ok(json(StatusCode::OK, "application/json", &view))
}

/// What was done.
#[derive(JsonSchema, Serialize)]
struct ResealView {
    /// Secrets that are encrypted with the first key now, and were not.
    resealed: u64,
    /// Secrets that none of the keys opens.
    unopenable: u64,
    /// What to call it with again, if there is more to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}
