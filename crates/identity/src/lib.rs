//! Use cases that manage tenants, users, groups, roles, clients and all else that an operator does.
//!
//! One entity, one file. A use case knows nothing of HTTP and fails with an [`IdentityError`]. It is
//! given an [`Admin`]: who asks, on which tenant, and what they need; every change it makes goes
//! into the audit log with it.

mod actor;
mod admin;
mod api_key;
mod attributes;
mod audit;
mod authenticate;
mod bootstrap;
mod bundle;
mod client;
mod credential;
mod encryption_key;
mod error;
mod evaluation;
mod group;
mod listing;
mod permission;
mod policy;
mod ports;
mod purge;
mod role;
mod signing_key;
mod tenant;
mod tenant_export;
#[cfg(test)]
mod testing;
mod user;

pub use actor::{Actor, GRANT_ANY};
pub use admin::{Admin, IdempotencyKey};
pub use api_key::{
    ApiKeySpec, api_key, api_keys, change_api_key, create_api_key, default_api_key_end,
    remove_api_key, revoke_api_key,
};
pub use audit::{
    Breach, EventExport, Link, Verification, audit_events, export_events, seal_events,
    verify_events,
};
pub use authenticate::{acted_on, authenticate, authenticated_user};
pub use bootstrap::bootstrap;
pub use bundle::authz_bundle;
pub use client::{
    ClientSpec, RegisteredClient, change_client, client, clients, create_client, register_client,
    remove_client, resync_clients, rotate_client_secret,
};
pub use credential::{credentials, remove_credential};
pub use encryption_key::{Resealed, reseal_secrets};
pub use error::{Dependency, IdentityError, Violation};
pub use evaluation::{Trial, evaluate_policy};
pub use group::{
    GroupSpec, add_member, change_group, create_group, group, groups, remove_group, remove_member,
};
pub use permission::{
    BUILT_IN, change_permission, create_permission, permission, permissions, remove_permission,
};
pub use policy::{
    PolicySpec, activate_policy, deactivate_policy, policies, policy, policy_activation,
    remove_policy, roll_back_policy, upload_policy,
};
pub use ports::IdentityPorts;
pub use purge::{IDEMPOTENCY_TIME, Purged, purge};
pub use role::{
    RoleSpec, assign_role, change_role, create_role, remove_role, role, roles, unassign_role,
};
pub use signing_key::{
    advance_signing_keys, replace_signing_keys, rotate_signing_key, signing_keys,
};
pub use tenant::{
    TenantSpec, activate_tenant, change_tenant, create_tenant, delete_tenant, erase_tenant,
    restore_tenant, suspend_tenant, tenant, tenants,
};
pub use tenant_export::{TenantExport, export_tenant};
pub use user::{
    INVITATION_TIME, MAX_IMPORT_PASSWORDS, UserChange, UserExport, UserImport, UserSpec,
    assign_user_role, change_user, create_user, delete_user, disable_user, enable_user, erase_user,
    export_user, invite_user, live_user, lock_user, recreated_user, require_password_change,
    reset_password, restore_user, revoke_sessions, unassign_user_role, unlock_user, user, users,
};
