//! `GET /admin/v1/tenants/{tenant}:export`: all that belongs to a tenant.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{TenantExport, export_tenant, tenant};
use iam_model::{GroupId, PolicyActivation, RoleId, UserId};
use iam_storage_ports::Grantee;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::TenantView;
use crate::{
    Access, Code,
    admin::{
        api_keys::wire::ApiKeyView,
        audit::wire::AuditEventView,
        call::{AdminCall, admin_route},
        clients::wire::ClientView,
        groups::wire::GroupView,
        operation::{Kind, Operation, Payload},
        permissions::wire::PermissionView,
        policies::wire::PolicyView,
        roles::wire::RoleView,
        users::wire::UserView,
        view::views,
    },
    problem::{Problem, json},
};

admin_route!(GET "/admin/v1/tenants/{tenant}:export", Access::Tenant("iam.users.export"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "exportTenant",
    summary: "Export all that belongs to a tenant",
    description: "One document, without what is secret (GDPR art. 20). A tenant of more than 20,000 users is read page by page instead, and its audit log by the log's own export. That it was read stands in the audit log.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: Some(Payload::json::<TenantExportView>(EXAMPLE)),
    errors: &[Code::WrongState],
};

/// All that belongs to a tenant.
#[derive(JsonSchema, Serialize)]
struct TenantExportView {
    /// The tenant.
    tenant: TenantView,
    /// Its users, but for the deleted.
    users: Vec<UserView>,
    /// Its groups.
    groups: Vec<GroupView>,
    /// Who is in which group.
    members: Vec<MemberView>,
    /// Its roles.
    roles: Vec<RoleView>,
    /// Who was given which role.
    grants: Vec<GrantView>,
    /// Its permission catalogue.
    permissions: Vec<PermissionView>,
    /// Its clients.
    clients: Vec<ClientView>,
    /// Its API keys.
    api_keys: Vec<ApiKeyView>,
    /// The versions of its policy.
    policies: Vec<PolicyView>,
    /// Its audit log, the oldest first; 20,000 events at most.
    events: Vec<AuditEventView>,
}

/// A user in a group.
#[derive(JsonSchema, Serialize)]
struct MemberView {
    /// The group.
    group: GroupId,
    /// The user.
    user: UserId,
}

/// A role that was given to a user or a group.
#[derive(JsonSchema, Serialize)]
struct GrantView {
    /// The role.
    role: RoleId,
    /// The user it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// The group it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupId>,
}

impl GrantView {
    const fn new(role: RoleId, grantee: Grantee) -> Self {
        let (user, group) = match grantee {
            Grantee::Group(group) => (None, Some(group)),
            Grantee::User(user) => (Some(user), None),
        };
        Self { role, user, group }
    }
}

impl TenantExportView {
    fn new(export: TenantExport, activation: &PolicyActivation) -> Self {
        let policies = export.policies.into_iter();
        let members = export.members.into_iter();
        let grants = export.grants.into_iter();
        Self {
            tenant: export.tenant.into(),
            users: views(export.users),
            groups: views(export.groups),
            members: members
                .map(|(group, user)| MemberView { group, user })
                .collect(),
            roles: views(export.roles),
            grants: grants.map(|(role, to)| GrantView::new(role, to)).collect(),
            permissions: views(export.permissions),
            clients: views(export.clients),
            api_keys: views(export.api_keys),
            policies: policies.map(|p| PolicyView::new(p, activation)).collect(),
            events: views(export.events),
        }
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let admin = call.admin();
    let tenant = tenant(&admin, &call.parameter(0)?).await?;
    let admin = admin.on(&tenant);
    let activation = iam_identity::policy_activation(&admin).await?;
    let export = export_tenant(&admin, tenant.clone()).await?;
    let view = TenantExportView::new(export, &activation);
    Ok(json(StatusCode::OK, "application/json", &view))
}

const EXAMPLE: &str = r#"{
    "tenant": {
        "name": "acme",
        "display_name": "Acme GmbH",
        "status": "active",
        "settings": {
            "password": {"min_length": 15},
            "mfa": "optional",
            "token_lifetimes": {"access_token": 900, "id_token": 900, "refresh_token": 2592000},
            "retention_days": 30
        },
        "version": 1,
        "created_at": "2026-09-21T14:13:20.123Z",
        "updated_at": "2026-09-21T14:13:20.123Z"
    },
    "users": [],
    "groups": [],
    "members": [],
    "roles": [],
    "grants": [],
    "permissions": [],
    "clients": [],
    "api_keys": [],
    "policies": [],
    "events": []
}"#;
