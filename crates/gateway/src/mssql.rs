//! SQL Server over HTTP: `POST /v1/sqlserver`.
//!
//! There is no protocol of others to speak: nobody serves SQL Server over HTTP. A request is one
//! unit of work:
//!
//! ```json
//! {"database": "default", "isolation": "serializable", "statements": [
//!   {"sql": "delete from t where id = @P1", "params": [{"type": "text", "value": "a"}], "rows": 1},
//!   {"sql": "select n from t", "params": []}]}
//! ```
//!
//! is answered by `{"results": [{"rows": []}, {"rows": [[{"type": "integer", "value": "5"}]]}]}`.
//! Values have the form that Hrana gives them. With `isolation` the statements are one transaction,
//! of which nothing is left if one of them fails or changes another number of rows than its `rows`
//! says; without it there is one statement. An error has the number that SQL Server gave it, and
//! never its text, which can quote values: `{"error": {"code": "sql", "number": 2627}}`.
//!
//! A client names a database by its alias and never by an address. Parameters go to the database
//! beside the statement, never in it. The wire is tiberius', but for TLS, which is ours (`tls.rs`):
//! its own brings a second implementation of all cryptography along.

mod connection;
mod driver;
mod endpoint;
mod error;
mod greeting;
mod prelogin;
mod request;
mod target;
mod tls;
mod value;
mod wrapped;

pub(crate) use endpoint::SqlServer;
pub use target::SqlServerTarget;
