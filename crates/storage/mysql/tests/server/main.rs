//! The adapter against a real server behind our gateway: a `MariaDB`, or with `IAM_TEST_MYSQL=mysql` a
//! MySQL.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod conformance;
mod schema;
mod server;
mod simulator;
mod transport;
