//! SQL transport to MySQL and `MariaDB` by `PlanetScale`'s protocol over HTTP
//! (`psdb.v1alpha1.Database`), of `PlanetScale` itself or of our gateway.
//!
//! A statement alone and without a guard is one `Execute`. A unit of work is a session: its
//! isolation, `begin`, the statements one by one, `commit`. This protocol has no batch, so a unit
//! of N statements is N + 3 round trips; a login is a statement alone, and one.
//!
//! The protocol has no parameters either: values are written into the statement (`literal.rs`).
//! A guard looks at `rowsAffected`, which here counts the rows that were found, whether or not
//! they were different before.
//!
//! # Why units come out as if one had run after the other
//! `InnoDB`'s serializable transactions lock what they read, and the gaps between, until they
//! commit; of two that wait for each other one is ended, and is tried again here. A statement alone
//! commits by itself: if it only reads, it reads one state of the database; if it writes, it locks
//! what it reads from `repeatable read` on, which is what `PlanetScale` has and our gateway sets.
//!
//! Deliberately absent: `StreamExecute`, and `CloseSession`, which a session that has committed
//! does not need.

mod answer;
mod error;
mod literal;
mod session;
mod transport;

pub use transport::MySqlTransport;
