//! SQL transport to libSQL by Hrana 3 over HTTP.
//!
//! A unit of work is one `POST /v3/pipeline`: a batch whose steps each depend on the one before,
//! between `begin immediate` and `commit`, and then `close`, so that no stream is left open. A
//! statement alone and without a guard is a plain `execute`.
//!
//! Deliberately absent: streams that live longer than a request (`baton`). Their transactions are
//! stolen after five seconds, and a component that ends would leave them behind.

mod answer;
mod batch;
mod error;
mod request;
mod transport;

pub use transport::LibSqlTransport;
