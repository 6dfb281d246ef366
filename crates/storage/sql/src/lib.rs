//! The repositories over any SQL database: statements, schema and a transport port.
//!
//! # Shape
//! A repository method builds a unit of work, a list of [`Statement`]s, and hands it to a
//! [`SqlTransport`], which sends it in one round trip and runs all of it or nothing. All SQL is in
//! this crate, each entity's in the file named after it, and what engines disagree on is in
//! [`Dialect`]. A transport knows no table, and a repository knows no wire.
//!
//! The common ground on which the statements stand: times are `bigint` milliseconds, ids are text,
//! truth is 0 or 1, lists come back as JSON text, parameters are written `?`.
//!
//! # Adding an engine
//! 1. A variant of [`Dialect`]; the compiler names the few places that have to know it.
//! 2. A crate `storage/<engine>` with a [`SqlTransport`]: how a unit is sent, how a guard is kept,
//!    and which of the engine's errors is which [`SqlError`].
//! 3. A scheme in `iam_config::StoreUrl` and an arm in `iam_storage::open`.
//! 4. `storage_conformance!` in the new crate's tests, against a real server. Until that passes,
//!    the engine is not done.
//!
//! Things that have bitten others: `PostgreSQL` and MySQL need foreign keys and text compared
//! byte by byte (`utf8mb4_bin`); MySQL's `insert ignore` swallows foreign key errors; MySQL
//! commits at every DDL statement, so its migrations need a lock of their own; `SQLite` picks a
//! join order without statistics, so where the order matters a statement says `cross join`.
//!
//! # Adding a migration
//! The next number in `migrations/`, in the subset of DDL that all engines read (`varchar(n)`,
//! `bigint`, `smallint`, `text`), one statement up to each `;` at a line's end, and a line in
//! `migration.rs`. A migration that was released never changes: its checksum is in every database.
//!
//! # Deliberately absent
//! A query builder and an ORM: the statements are few and fixed, and are read as SQL.

mod client;
mod credential;
mod dialect;
mod error;
mod migration;
mod principal;
mod role;
mod row;
mod statement;
mod storage;
mod tenant;
mod transport;
mod user;

pub use dialect::Dialect;
pub use error::SqlError;
pub use row::Row;
pub use statement::{Statement, Value};
pub use storage::SqlStorage;
pub use transport::SqlTransport;
