//! MySQL and `MariaDB`, as `PlanetScale` serves them over HTTP: `psdb.v1alpha1.Database`, by Connect's
//! unary protocol with JSON.
//!
//! A client shows the name of a database of this gateway as its user, and the gateway's token as its
//! password. Outside of a transaction each statement runs on whichever connection is free. From
//! `begin` to `commit` or `rollback` a session has a connection for itself, and is rolled back if
//! nothing is heard of it for ten seconds.
//!
//! Values come back in the database's own spelling, so nothing here knows a type.
//!
//! Deliberately absent: `StreamExecute`, `Prepare`, parameters, statements in one text, and settings
//! of a session other than its isolation.

mod answer;
mod connection;
mod driver;
mod error;
mod field;
mod planetscale;
mod session;
mod sessions;
mod statement;
mod target;

pub(crate) use self::planetscale::{Method, PlanetScale, unauthenticated};
pub use self::target::MySqlTarget;
