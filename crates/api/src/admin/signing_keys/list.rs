//! `GET /admin/v1/signing-keys`: the keys that tokens are signed with.

use bytes::Bytes;
use http::Response;
use iam_identity::signing_keys;

use super::wire::{EXAMPLE, SigningKeyView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/signing-keys", Access::Operator("iam.signing.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listSigningKeys",
    summary: "List the keys that tokens are signed with",
    description: "In the order in which they come to sign. All tenants share them.",
    kind: Kind::List,
    query: &[],
    request: None,
    response: Some(Payload::json::<SigningKeyView>(EXAMPLE)),
    errors: &[Code::OauthUnavailable],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let page = call.query.page();
    call.query.finish()?;
    call.many::<_, SigningKeyView>(signing_keys(&call.admin(), &page).await?)
}
