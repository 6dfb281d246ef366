//! SQL transport to `PostgreSQL` by Neon's protocol over HTTP: `POST /sql`, of Neon itself or of
//! our gateway.
//!
//! A unit of work is one batch, which Neon runs in one serializable transaction. A statement alone
//! and without a guard goes as it is. Values go and come as text.
//!
//! Deliberately absent: transactions that stay open, which this protocol does not have.

mod answer;
mod error;
mod request;
mod transport;

pub use transport::PostgresTransport;
