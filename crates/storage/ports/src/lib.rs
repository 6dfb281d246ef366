//! What the use cases ask of a database and of an ephemeral store.
//!
//! # Shape
//! One trait per aggregate, one file per trait, the same file name in every adapter. A tenant's
//! own objects are reached through [`Storage::tenant`], which fixes the tenant once: no method
//! below it takes a tenant, so none can forget it, and another tenant's object is simply absent.
//!
//! The verbs are a closed list: `lookup` (by id), `find_by_*` (by a natural key), `list`, `count`,
//! `add`, `remove`, and domain verbs such as `suspend` or `assign`. Absence is `None`, not an error.
//!
//! # Defining a new repository
//! 1. The trait in `ports/src/<entity>.rs`, with what the type does not say: uniqueness, order, races.
//! 2. An accessor on [`TenantStorage`], or on [`Storage`] if it belongs to no tenant.
//! 3. The same file in `memory` and in `sql`, and its cases in `conformance`.
//!
//! # Deliberately absent
//! Transactions that stay open while a use case thinks. A method is one atomic unit of work, sent
//! in one round trip, because the stores of edge hosts offer no more (ADR 0003).

mod client;
mod credential;
mod ephemeral;
mod error;
mod principal;
mod role;
mod tenant;
mod user;

use async_trait::async_trait;
pub use client::ClientRepository;
pub use credential::CredentialRepository;
pub use ephemeral::{EphemeralError, EphemeralStore};
pub use error::StorageError;
use iam_model::TenantId;
pub use principal::{LoginRecord, PrincipalRepository};
pub use role::RoleRepository;
pub use tenant::TenantRepository;
pub use user::UserRepository;

/// A database.
#[async_trait(?Send)]
pub trait Storage {
    /// OAuth 2.0 clients, of all tenants.
    fn clients(&self) -> &dyn ClientRepository;

    /// Users with all that their tokens depend on.
    fn principals(&self) -> &dyn PrincipalRepository;

    /// The objects that belong to tenant `id`, whether or not it exists.
    fn tenant(&self, id: TenantId) -> Box<dyn TenantStorage + '_>;

    /// Tenants.
    fn tenants(&self) -> &dyn TenantRepository;

    /// Creates or upgrades the schema; does nothing if it is current. Several may run at once:
    /// the schema is made by one of them, and all succeed.
    async fn migrate(&self) -> Result<(), StorageError>;

    /// Succeeds if the database answers and its schema is current.
    async fn ping(&self) -> Result<(), StorageError>;
}

/// The objects of one tenant.
pub trait TenantStorage {
    /// Its users' credentials.
    fn credentials(&self) -> &dyn CredentialRepository;

    /// Its roles and who has them.
    fn roles(&self) -> &dyn RoleRepository;

    /// Its users.
    fn users(&self) -> &dyn UserRepository;
}
