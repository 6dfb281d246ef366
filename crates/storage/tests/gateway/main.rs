//! Both stores as the embedded set-up has them: a gateway in this process, reached over HTTP by
//! the URLs that a host is given.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod database;
mod ephemeral;
mod gateway;
mod redis;
