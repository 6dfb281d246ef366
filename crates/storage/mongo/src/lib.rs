//! The storage ports over MongoDB, by way of the endpoint `/mongo` of our gateway.
//!
//! Nothing but what every server that speaks MongoDB's protocol has is asked for: commands about
//! one collection, of which each changes one document as a whole or not at all. There are no
//! transactions in it, no joins and no unique indexes but that over `_id`. It is tested on `FerretDB`
//! v1, which speaks that protocol over SQLite, and not on MongoDB itself.
//!
//! # How a unit of work is one
//! The one document `heads/installation` counts the units of work. A unit asks what it has to know,
//! decides, and then, in one request, puts all that it writes into that document under the next
//! number if nobody else was faster ([`head::commit`], the moment at which it has happened), writes
//! it where it belongs, and clears the document. Whoever finds the document not cleared looks again
//! for a moment, and then does the rest for whoever left it; so nobody ever sees half of a unit,
//! whatever broke in between (`unit.rs`, `write.rs`; ADR 0014).
//!
//! # How a query is one
//! All commands of a request see the same: the head is read before them and after them, and if it is
//! not the same the request is sent once more. A login is one request: a command can refer to what
//! the ones before it found.
//!
//! # Documents
//! They have the columns of the SQL schema as fields (`collection.rs`), and what is in tables around
//! a row there in arrays: a user's addresses, roles and groups, a role's permissions. JSON is text.

mod api_key;
mod audit;
mod change;
mod client;
mod collection;
mod command;
mod connection;
mod credential;
mod document;
mod group;
mod head;
mod idempotency;
mod import;
mod message;
mod migration;
mod one_time_code;
mod permission;
mod policy;
mod principal;
mod role;
mod second_factor;
mod session;
mod storage;
mod sweep;
mod tenant;
mod transfer;
mod unit;
mod user;
mod versioned;
mod write;

pub use storage::MongoStorage;
