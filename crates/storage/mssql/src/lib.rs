//! SQL transport to SQL Server by our gateway: `POST /v1/sqlserver`.
//!
//! A unit of work is one request, which the gateway runs as one serializable transaction. A
//! statement alone and without a guard goes as it is.
//!
//! SQL Server keeps transactions apart by locks: where two wait for each other it ends one of them,
//! which is then tried again.
//!
//! No SQL Server was to be had where this was made. What stands in for one, and what that proves and
//! what not, is in `tests/server/main.rs` and in `docs/adr/0015-sql-server-bridge.md`.

mod answer;
mod error;
mod request;
mod transport;

pub use transport::SqlServerTransport;
