//! `GET /admin/v1/users/{id}:export`: all that is known of a user.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{UserExport, export_user, user};
use iam_model::UserId;

use super::{credentials::CredentialView, wire::UserView};
use crate::{
    Access,
    admin::{
        audit::wire::AuditEventView,
        call::{AdminCall, admin_route},
        groups::wire::GroupView,
        operation::{Kind, Operation, Payload},
        roles::wire::RoleView,
        view::{view, views},
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/users/{id}:export", Access::Tenant("iam.users.export"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "exportUser",
    summary: "Export all that is known of a user",
    description: "One document, for who asks what is kept of them and for who takes it elsewhere (GDPR art. 15 and 20); of a deleted user too. That it was read stands in the audit log.",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::json::<ExportView>(EXAMPLE)),
    errors: &[],
};

view! {
    /// All that is known of a user.
    ExportView(id) {
        /// Its id.
        id: UserId,
        /// The user.
        user: UserView,
        /// What it can log in with: that it is there, not what it is.
        credentials: Vec<CredentialView>,
        /// The groups it is in itself.
        groups: Vec<GroupView>,
        /// The roles it was given itself.
        roles: Vec<RoleView>,
        /// What it did and what was done to it, in the order in which it happened.
        events: Vec<AuditEventView>,
    }
}

impl From<UserExport> for ExportView {
    fn from(export: UserExport) -> Self {
        Self {
            id: export.user.id,
            user: export.user.into(),
            credentials: views(export.credentials),
            groups: views(export.groups),
            roles: views(export.roles),
            events: views(export.events),
        }
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let user = user(&call.admin(), &call.parameter(0)?).await?;
    let export = export_user(&call.admin(), user).await?;
    call.one(StatusCode::OK, &ExportView::from(export))
}

const EXAMPLE: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8058",
    "user": {
        "id": "01990a5d-ac96-774b-bcce-b302099a8058",
        "username": "carol",
        "status": "active",
        "emails": [{"address": "carol@example.com", "verified": true}],
        "profile": {"name": "Carol Danvers"},
        "attributes": {},
        "external_ids": {},
        "public_metadata": {},
        "private_metadata": {},
        "password_change_required": false,
        "version": 1,
        "created_at": "2026-09-21T14:13:20.123Z",
        "updated_at": "2026-09-21T14:13:20.123Z"
    },
    "credentials": [{"id": "01990a5d-ac96-774b-bcce-b302099a8060", "kind": "password", "updated_at": "2026-09-21T14:13:20.123Z"}],
    "groups": [],
    "roles": [{
        "id": "01990a5d-ac96-774b-bcce-b302099a8057",
        "name": "clerk",
        "description": "Takes orders",
        "permissions": ["order.read", "order.write"],
        "includes": [],
        "assignable": [],
        "version": 1,
        "created_at": "2026-09-21T14:13:20.123Z",
        "updated_at": "2026-09-21T14:13:20.123Z"
    }],
    "events": [{
        "id": "01990a5d-ac96-774b-bcce-b302099a8061",
        "at": "2026-09-21T14:13:20.123Z",
        "action": "user.created",
        "outcome": "success",
        "actor": {"kind": "user", "id": "01990a5d-ac96-774b-bcce-b302099a8062", "tenant": "demo"},
        "target": {"kind": "user", "id": "01990a5d-ac96-774b-bcce-b302099a8058"},
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "details": {"fields": ["emails", "password", "profile"]}
    }]
}"#;
