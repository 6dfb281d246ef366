//! Both stores in memory: for tests, and as the model that other adapters are held to.
//!
//! Where the ports leave a question open, what this crate does is the answer, and
//! `iam-storage-conformance` asks it of every adapter.
//!
//! Deliberately absent: threads. As all of our futures are not `Send`, a plain `RefCell` is
//! enough, and no method awaits while it works on a copy of the tables, which takes their place if
//! all succeeds: so each is one atomic unit of work.

mod api_key;
mod audit;
mod client;
mod credential;
mod ephemeral;
mod group;
mod idempotency;
mod message;
mod one_time_code;
mod permission;
mod policy;
mod principal;
mod role;
mod second_factor;
mod session;
mod storage;
mod table;
mod tables;
mod tenant;
mod user;

pub use ephemeral::MemoryEphemeral;
pub use storage::MemoryStorage;
