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
//! # Adding a case
//! A `pub async fn` named as a sentence, in the file of its entity, and its name in `suite.rs`.
//! `iam-storage-memory` has to pass it first.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a case fails by panicking"
)]

mod assert;
pub mod client;
pub mod credential;
pub mod ephemeral;
mod fixture;
pub mod principal;
pub mod role;
pub mod storage;
mod suite;
pub mod tenant;
pub mod user;
