//! The identity domain: entities, typed ids and parsed values.
//!
//! This is the innermost ring. It does no I/O, reads no clock and draws no randomness:
//! whatever makes an id is handed the time and the random bytes.
//!
//! Values are parsed, not validated: a [`TenantName`], a [`Username`] or a [`RedirectUri`]
//! exists only if it is well-formed, so the rings above never check again.

mod client;
mod credential;
mod id;
mod name;
mod permission;
mod principal;
mod role;
mod scope;
mod secret;
mod tenant;
mod time;
mod uri;
mod user;

pub use client::{Client, ClientId};
pub use credential::{PasswordCredential, PasswordHash};
pub use id::{CredentialId, InvalidId, RoleId, TenantId, UserId};
pub use name::{InvalidName, TenantName, Username};
pub use permission::Permission;
pub use principal::Principal;
pub use role::{Role, RoleName};
pub use scope::{InvalidScope, Scope, ScopeToken};
pub use secret::Secret;
pub use tenant::{Tenant, TenantStatus};
pub use time::Timestamp;
pub use uri::{InvalidUri, RedirectUri};
pub use user::{User, UserStatus};
