//! `POST /admin/v1/signing-keys:rotate`: starts a rotation, or replaces all keys at once.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{replace_signing_keys, rotate_signing_key};
use serde_json::Map;

use super::wire::{EXAMPLE, RotateBody, SigningKeyView};
use crate::{
    Access, Body, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/signing-keys:rotate", Access::Operator("iam.signing.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "rotateSigningKey",
    summary: "Rotate the key that tokens are signed with",
    description: "Makes the next key, which is published for an hour before it signs, so that nobody meets a token whose key they do not have. If there is a next key already, that is the answer. With `emergency`, for a key that has leaked, the new key signs at once and all others are removed: every access token and ID token that is out fails to verify, and who keeps the published keys takes the new one when they fetch them again; refresh tokens go on. Until a verifier fetches the keys again it also trusts the leaked one.",
    kind: Kind::Act,
    query: &[],
    request: Some(Payload::json::<RotateBody>("{}")),
    response: Some(Payload::json::<SigningKeyView>(EXAMPLE)),
    errors: &[Code::OauthUnavailable],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let nothing = matches!(&call.call.body, Body::Complete(bytes) if bytes.is_empty());
    let object = if nothing {
        Map::new()
    } else {
        call.call.body.json(&call.call.headers)?
    };
    let key = if RotateBody::read(object)?.emergency.unwrap_or_default() {
        replace_signing_keys(&call.admin()).await?
    } else {
        let settings = call.call.signing_key_settings()?;
        rotate_signing_key(&call.admin(), &settings).await?
    };
    call.one(StatusCode::OK, &SigningKeyView::from(key))
}
