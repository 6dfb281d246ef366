//! Postgres, as Neon serves it over HTTP: `POST /sql`.
//!
//! Values go to the database and come back as text, in its own spelling, so nothing here knows a
//! type. Units of work are pipelined: one round trip to the database, whatever is in them.

mod connection;
mod error;
mod handshake;
mod neon;
mod pool;
mod query;
mod statements;
mod target;

pub(crate) use neon::Neon;
pub use target::PostgresTarget;
