//! The adapter against sqld, the server that Hrana comes from.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
mod plan;
mod schema;
mod server;
mod transport;
