//! `GET /admin/v1/me`: who the caller is.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::Actor;
use iam_model::{Permission, ResourceKind, TenantName};

use super::{
    call::{AdminCall, admin_route},
    operation::{Kind, Operation, Payload},
    view::view,
};
use crate::{Access, problem::Problem};

admin_route!(GET "/admin/v1/me", Access::Known, handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readMe",
    summary: "Who am I, and what may I do",
    description: "The user or the API key that the credential of the request stands for.",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<MeView>(
        r#"{
            "id": "01990a5d-ac96-774b-bcce-b302099a8061",
            "kind": "api_key",
            "tenant": "demo",
            "operator": false,
            "permissions": ["iam.users.read", "iam.users.write"]
        }"#,
    )),
    errors: &[],
};

view! {
    /// Who the caller is.
    MeView(id) {
        /// Their id.
        id: String,
        /// What they are: `user` or `api_key`.
        kind: ResourceKind,
        /// The tenant they belong to, which their requests act on.
        tenant: Option<TenantName>,
        /// Whether they may act on other tenants too, by the parameter `tenant`.
        operator: bool,
        /// What they may do, sorted.
        permissions: Vec<Permission>,
    }
}

impl From<&Actor> for MeView {
    fn from(actor: &Actor) -> Self {
        let resource = &actor.reference.resource;
        Self {
            id: resource.id.clone(),
            kind: resource.kind,
            tenant: actor.home().cloned(),
            operator: actor.operator,
            permissions: actor.permissions.clone(),
        }
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.one(StatusCode::OK, &MeView::from(call.admin().actor))
}
