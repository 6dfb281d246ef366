//! The adapter through our gateway, on two servers:
//!
//! - `stand_in`: no SQL Server, but one that speaks its protocol, and runs each statement on
//!   `SQLite` after a change of spelling. It proves the wire, transactions, errors and retries, and
//!   that the statements we make for SQL Server are whole: their parameters, their order, their
//!   meaning. It does not prove that SQL Server reads them as we think.
//! - `real`: the SQL Server that `IAM_TEST_MSSQL_URL` names. Nobody has run this yet; without the
//!   variable the tests are ignored, and say so.
//!
//! All that was ever told to a server is in `golden/`, to be read, and for parsers of T-SQL
//! (`tests/sqlserver/parse.py`).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod gateway;
mod golden;
mod real;
mod schema;
mod stand_in;
mod suite;
mod wire;
