//! `POST /admin/v1/api-keys`: makes an API key.

use bytes::Bytes;
use http::Response;
use iam_identity::{api_key, create_api_key, default_api_key_end};
use iam_model::Timestamp;
use serde_json::{Map, Value};

use super::wire::{ApiKeyBody, ApiKeyView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route, id_of},
        moment::Moment,
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/api-keys", Access::Tenant("iam.keys.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "createApiKey",
    summary: "Make an API key",
    description: "The answer holds the `key`, this once: a digest is all that is kept. It is sent as `Authorization: Bearer`. Nobody can make a key that may do more than they may, and a key none that lasts longer than itself; without `expires_at` a key works for 90 days, or as long as the key that made it.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<ApiKeyBody>(
        r#"{"name": "nightly import", "permissions": ["iam.users.read", "iam.users.write"]}"#,
    )),
    response: Some(Payload::json::<ApiKeyView>(MADE)),
    errors: &[Code::BeyondOwnPermissions],
};

const MADE: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8061",
    "name": "nightly import",
    "permissions": ["iam.users.read", "iam.users.write"],
    "expires_at": "2026-12-20T14:13:20.123Z",
    "key": "iam_01990a5dac96774bbcceb302099a8061_qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo000000",
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;

/// What the answer to a create that was sent once more says in place of the key.
const SHOWN_BEFORE: &str = "The key was in the first answer and cannot be shown again. If that \
    was lost, revoke this key and make another.";

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let mut object = call.call.body.json(&call.call.headers)?;
    if !object.contains_key("expires_at") {
        say_end(&mut object, default_api_key_end(&call.admin()).await?);
    }
    let body = ApiKeyBody::read(object)?;
    call.create::<ApiKeyView>(
        async |admin| {
            let (key, secret) = create_api_key(admin, body.into()).await?;
            let mut view = ApiKeyView::from(key);
            view.key = Some(secret.expose().expose().clone());
            Ok(view)
        },
        async |admin, id| {
            let mut view = ApiKeyView::from(api_key(admin, &id_of(id)?).await?);
            view.note = Some(SHOWN_BEFORE);
            Ok(view)
        },
    )
    .await
}

/// Null is for ever, so it has to be said: who says nothing gets the default.
fn say_end(object: &mut Map<String, Value>, end: Timestamp) {
    let end = Value::String(Moment(end).to_string());
    object.insert("expires_at".to_owned(), end);
}
