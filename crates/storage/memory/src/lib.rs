//! Both stores in memory: for tests, and as the model that other adapters are held to.
//!
//! Where the ports leave a question open, what this crate does is the answer, and
//! `iam-storage-conformance` asks it of every adapter.
//!
//! Deliberately absent: threads. As all of our futures are not `Send`, a plain `RefCell` is
//! enough, and no method awaits while it borrows, so each is one atomic unit of work.

mod client;
mod credential;
mod ephemeral;
mod principal;
mod role;
mod storage;
mod tenant;
mod user;

pub use ephemeral::MemoryEphemeral;
pub use storage::MemoryStorage;
