//! What the use cases ask of a database and of an ephemeral store.
//!
//! # Shape
//! One trait per aggregate, one file per trait, the same file name in every adapter. A tenant's
//! own objects are reached through [`Storage::tenant`], which fixes the tenant once: no method
//! below it takes a tenant, so none can forget it, and another tenant's object is simply absent.
//!
//! The verbs are a closed list: `lookup` (by id), `find_by_*` (by a natural key), `list`, `count`,
//! `add`, `remove`, and domain verbs such as `change`, `assign` or `activate`. Absence is `None`,
//! not an error. Every write carries a [`Change`]: its event in the audit log.
//!
//! Beside them there is [`Transfer`], by which an installation moves from one engine into another.
//!
//! # Defining a new repository
//! 1. The trait in `ports/src/<entity>.rs`, with what the type does not say: uniqueness, order, races.
//! 2. An accessor on [`TenantStorage`], or on [`Storage`] if it belongs to no tenant.
//! 3. The same file in `memory` and in `sql`, and its cases in `conformance`.
//! 4. If it has a table of its own, or a column, that in [`TABLES`], or it would not be moved.
//!
//! # Deliberately absent
//! Transactions that stay open while a use case thinks. A method is one atomic unit of work, sent
//! in one round trip, because the stores of edge hosts offer no more (ADR 0003).

mod api_key;
mod audit;
mod change;
mod client;
mod credential;
mod ephemeral;
mod error;
mod group;
mod idempotency;
mod message;
mod migration;
mod one_time_code;
mod page;
mod permission;
mod policy;
mod principal;
mod role;
mod session;
mod tenant;
mod transfer;
mod user;

pub use api_key::ApiKeyRepository;
use async_trait::async_trait;
pub use audit::{AuditFilter, AuditRepository, SealedEvent};
pub use change::{Change, IdempotencyRecord};
pub use client::ClientRepository;
pub use credential::CredentialRepository;
pub use ephemeral::{Count, Counter, Entry, EphemeralError, EphemeralStore};
pub use error::StorageError;
pub use group::{GroupFilter, GroupRepository};
use iam_model::TenantId;
pub use idempotency::IdempotencyRepository;
pub use message::MessageRepository;
pub use migration::Migration;
pub use one_time_code::OneTimeCodeRepository;
pub use page::{Listing, Page};
pub use permission::PermissionRepository;
pub use policy::PolicyRepository;
pub use principal::{LoginRecord, PrincipalRepository};
pub use role::{Grantee, Holder, RoleFilter, RoleRepository};
pub use session::SessionRepository;
pub use tenant::{TenantFilter, TenantRepository};
pub use transfer::{Cell, Column, Kind, Record, TABLES, Table, Transfer};
pub use user::{NewUser, UserFilter, UserRepository};

/// A database.
#[async_trait(?Send)]
pub trait Storage {
    /// Messages of all tenants that wait to be sent.
    fn messages(&self) -> &dyn MessageRepository;

    /// Users and service accounts with all that decides what they get.
    fn principals(&self) -> &dyn PrincipalRepository;

    /// The objects that belong to tenant `id`, whether or not it exists.
    fn tenant(&self, id: TenantId) -> Box<dyn TenantStorage + '_>;

    /// Tenants.
    fn tenants(&self) -> &dyn TenantRepository;

    /// Creates or upgrades the schema; does nothing if it is current. Several may run at once:
    /// the schema is made by one of them, and all succeed.
    async fn migrate(&self) -> Result<(), StorageError>;

    /// The steps to the schema of this version, in order: those that were taken, and those that
    /// [`migrate`](Self::migrate) would take. The steps that were taken are those of this version,
    /// or it is an error, as it is for `migrate`.
    async fn migrations(&self) -> Result<Vec<Migration>, StorageError>;

    /// Succeeds if the database answers and its schema is current.
    async fn ping(&self) -> Result<(), StorageError>;
}

/// The objects of one tenant.
pub trait TenantStorage {
    /// Its API keys.
    fn api_keys(&self) -> &dyn ApiKeyRepository;

    /// Its audit log.
    fn audit(&self) -> &dyn AuditRepository;

    /// Its OAuth 2.0 clients.
    fn clients(&self) -> &dyn ClientRepository;

    /// Its users' credentials.
    fn credentials(&self) -> &dyn CredentialRepository;

    /// Its groups and who is in them.
    fn groups(&self) -> &dyn GroupRepository;

    /// What its creates are recognised by.
    fn idempotency(&self) -> &dyn IdempotencyRepository;

    /// The one-time codes that were sent to its users.
    fn one_time_codes(&self) -> &dyn OneTimeCodeRepository;

    /// Its permission catalogue.
    fn permissions(&self) -> &dyn PermissionRepository;

    /// Its policy.
    fn policies(&self) -> &dyn PolicyRepository;

    /// Its roles and who has them.
    fn roles(&self) -> &dyn RoleRepository;

    /// The sessions that its users have ended.
    fn sessions(&self) -> &dyn SessionRepository;

    /// Its users.
    fn users(&self) -> &dyn UserRepository;
}
