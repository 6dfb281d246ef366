//! What every adapter of the storage ports must do, as tests over the ports.
//!
//! An adapter's tests say how to open it, and get a test for each case:
//!
//! ```
//! # mod adapter {
//! use iam_storage_ports::Storage;
//!
//! iam_storage_conformance::storage_conformance!(with_storage);
//!
//! /// Opens a storage, migrated, and waits for what `case` does with it.
//! fn with_storage(case: impl AsyncFnOnce(&dyn Storage)) {
//!     # drop(case);
//! }
//! # }
//! ```
//!
//! Each case makes a tenant of its own and looks at nothing else, so that the cases can run at
//! once and as often as one likes against one server. None sleeps: where time has to pass, it is
//! the adapter's tests that say how.
//!
//! What becomes of units of work whose connection breaks is asked by [`fault_conformance!`], and of
//! those whose server dies by [`restart_conformance!`]; they are run over all engines at once, in
//! the tests of `iam-storage`.
//!
//! A SQL transport is asked by [`sql_conformance!`], the schema of a SQL database and its upgrade
//! from the first version by [`schema_conformance!`], and moving by [`transfer_conformance!`]: they
//! go where an engine's own tests are.
//!
//! # Adding a case
//! A `pub async fn` named as a sentence, in the file of its entity or topic, and its name in
//! `suite.rs`, or in `cases.rs` if it is not for every storage. `iam-storage-memory` has to pass it
//! first.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a case fails by panicking"
)]

pub mod api_key;
mod assert;
pub mod audit;
pub mod audit_chain;
pub mod audit_list;
mod cases;
pub mod change;
pub mod client;
pub mod credential;
pub mod ephemeral;
pub mod fault;
mod fixture;
pub mod group;
pub mod group_member;
pub mod group_tree;
pub mod idempotency;
pub mod list;
pub mod message;
pub mod one_time_code;
pub mod permission;
pub mod policy;
pub mod principal;
pub mod principal_grants;
pub mod recovery_code;
pub mod reseal;
pub mod restart;
pub mod role;
pub mod role_grant;
pub mod role_tree;
pub mod second_factor;
pub mod session;
mod sql;
pub mod sql_schema;
pub mod sql_transport;
pub mod storage;
mod suite;
pub mod tenant;
pub mod tenant_remove;
pub mod transfer;
pub mod upgrade;
pub mod user;
pub mod user_attribute;
pub mod user_bulk;
pub mod user_list;
pub mod user_names;
pub mod user_remove;
pub mod user_text;

pub use fixture::fill;
pub use sql::{Open, Sql};

/// A case that runs.
pub type Running<'a> = std::pin::Pin<Box<dyn Future<Output = ()> + 'a>>;
