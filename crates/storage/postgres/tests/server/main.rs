//! The adapter against a real `PostgreSQL` behind our gateway.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
mod schema;
mod serialization;
mod server;
mod transport;
