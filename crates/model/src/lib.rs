//! The identity domain: entities, typed ids and parsed values.
//!
//! This is the innermost ring. It does no I/O, reads no clock and draws no randomness:
//! whatever makes an id is handed the time and the random bytes.
//!
//! Values are parsed, not validated: a [`TenantName`], a [`Username`] or a [`RedirectUri`]
//! exists only if it is well-formed, so the rings above never check again.

mod acr;
mod api_key;
mod audit;
mod claim_mapping;
mod client;
mod credential;
mod digest;
mod email;
mod group;
mod hex;
mod id;
mod line;
mod message;
mod name;
mod one_time_code;
mod permission;
mod phone;
mod policy;
mod principal;
mod role;
mod scope;
mod sealed;
mod secret;
mod session;
mod tenant;
mod time;
mod uri;
mod user;
mod words;

pub use acr::Acr;
pub use api_key::{ApiKey, ApiKeyDigest};
pub use audit::{ActorRef, AuditEvent, Origin, Outcome, Resource, ResourceKind, Seal};
pub use claim_mapping::{
    ClaimMapping, ClaimName, ClaimSource, ClaimToken, InvalidClaim, KnownSource,
};
pub use client::{Client, ClientDetails, ClientId, GrantType, TokenEndpointAuth};
pub use credential::{
    CredentialKind, CredentialSummary, PasswordCredential, PasswordHash, RecoveryCodeDigest,
    RecoveryCodes, TotpCredential,
};
pub use email::{Email, InvalidEmail};
pub use group::{Group, GroupName};
pub use hex::hex;
pub use id::{
    ApiKeyId, AuditEventId, CredentialId, GroupId, InvalidId, MessageId, PolicyId, RoleId,
    TenantId, UserId,
};
pub use line::Line;
pub use message::{Channel, Message, MessageKind};
pub use name::{InvalidName, TenantName, Username};
pub use one_time_code::{CodePurpose, OneTimeCode, OneTimeCodeDigest};
pub use permission::{CatalogueEntry, Permission};
pub use phone::{InvalidPhone, Phone};
pub use policy::{ActivePolicy, Policy, PolicyActivation};
pub use principal::Principal;
pub use role::{Role, RoleName};
pub use scope::{InvalidScope, Scope, ScopeToken};
pub use sealed::Sealed;
pub use secret::Secret;
pub use session::{EndedSession, SessionId};
pub use tenant::{
    MfaPolicy, Pages, PasswordPolicy, SelfService, Tenant, TenantSettings, TenantStatus,
    TokenLifetimes,
};
pub use time::Timestamp;
pub use uri::{InvalidUri, RedirectUri, ResourceUri, WebOrigin};
pub use user::{EmailAddress, Profile, User, UserDetails, UserStatus};
pub use words::UnknownWord;
