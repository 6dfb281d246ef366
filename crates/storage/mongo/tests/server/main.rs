//! The adapter against a real `FerretDB` v1 behind our gateway.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod conformance;
mod schema;
mod server;
mod unit;
