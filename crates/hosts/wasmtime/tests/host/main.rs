//! The host with a component that misbehaves on request: see `tests/guest`.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and measure time"
)]

mod bodies;
mod chaining;
mod limits;
mod outbound;
mod serving;
mod starting;
mod support;
