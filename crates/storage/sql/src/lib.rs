//! The repositories over any SQL database: statements, schema and a transport port.
//!
//! # Shape
//! A repository method builds a unit of work, a list of [`Statement`]s, and hands it to a
//! [`SqlTransport`], which sends it in one round trip and runs all of it or nothing. All SQL is in
//! this crate, each entity's in the file named after it, and what engines disagree on is in
//! [`Dialect`]. A transport knows no table, and a repository knows no wire.
//!
//! A unit of work has its conditions in it. A write says how many rows it has to change, and what
//! else must hold stands in its `where`: one round trip. If it fails, a second one asks which of
//! the conditions it was. Every write carries its event for the audit log (`change.rs`).
//!
//! The common ground on which the statements stand: times are `bigint` milliseconds, ids are text,
//! truth is 0 or 1, documents are JSON text, parameters are written `?`. Beside that:
//! - Lists come and go as JSON arrays: the database puts them together (`json_array`) and takes
//!   them apart (`json_texts`, `json_rows`), so that a hundred rows are one statement.
//! - Groups in groups and roles in roles are walked by `with recursive … union`, which stands
//!   before a `select` or in a subquery of an `update`, and refers to no row outside of it.
//! - Text is compared byte by byte. "Begins with" is a range from the prefix to the least text
//!   after all that begin with it (`filter.rs`), which an index serves and `%` does not disturb.
//! - The attributes of users are looked into where they are, in their JSON document.
//!
//! # Adding an engine
//! 1. A variant of [`Dialect`]; the compiler names the few places that have to know it.
//! 2. A crate `storage/<engine>` with a [`SqlTransport`]: how a unit is sent, how a guard is kept,
//!    and which of the engine's errors is which [`SqlError`].
//! 3. A scheme in `iam_config::StoreUrl` and an arm in `iam_storage::open`.
//! 4. `storage_conformance!` in the new crate's tests, against a real server. Until that passes,
//!    the engine is not done.
//!
//! Units must come out as if they had run one after the other. `SQLite` has one writer at a time;
//! other engines need serializable transactions, and a transport that tries a unit again when the
//! engine could not serialize it. What depends on it: no group or role comes to contain itself by
//! two changes at once, the numbers of policies, and what is inserted only if it is not there.
//!
//! Things that have bitten others: `PostgreSQL` and MySQL need foreign keys and text compared
//! byte by byte (`collate "C"`, `utf8mb4_bin`); `PostgreSQL` takes a parameter in the list of a
//! `select` for text; MySQL's `insert ignore` swallows foreign key errors; MySQL refuses to update
//! a table that a subquery reads, unless the subquery is kept apart as a `with` is; MySQL's `text`
//! ends at 64 KiB; MSSQL has no `with` in a subquery, and says neither `recursive` nor `limit`;
//! MySQL commits at every DDL statement, so its migrations need a lock of their own; `SQLite`
//! picks a join order without statistics, so where the order matters a statement says `cross
//! join`, and `filter.rs` says which index a list is read by.
//!
//! # Adding a migration
//! The next number in `migrations/`, in the subset of DDL that all engines read (`varchar(n)`,
//! `bigint`, `smallint`, `text`), one statement up to each `;` at a line's end, and a line in
//! `migration.rs`. A migration that was released never changes: its checksum is in every database.
//! It only adds (`migration/rules.rs`): programs of the version before run on the new schema while
//! an upgrade goes on. What they have stopped using is taken away by a later migration, whose first
//! line is `-- Contract: ` and since when. The new columns are in `iam_storage_ports::TABLES`, too.
//!
//! # Deliberately absent
//! A query builder and an ORM: the statements are few and fixed, and are read as SQL. Only the
//! filters of lists are put together from parts.

mod api_key;
mod audit;
mod change;
mod client;
mod credential;
mod dialect;
mod error;
mod filter;
mod group;
mod holder;
mod idempotency;
mod import;
mod message;
mod migration;
mod one_time_code;
mod permission;
mod policy;
mod principal;
mod role;
mod role_parts;
mod row;
mod second_factor;
mod session;
mod statement;
mod storage;
mod tenant;
mod transfer;
mod transport;
mod user;
mod user_parts;

pub use dialect::Dialect;
pub use error::SqlError;
pub use row::Row;
pub use statement::{Statement, Value};
pub use storage::SqlStorage;
pub use transport::SqlTransport;
