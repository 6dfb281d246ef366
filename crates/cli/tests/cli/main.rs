//! The real program against a server that plays the API.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod api;
mod backups;
mod databases;
mod errors;
mod imports;
mod lists;
mod logins;
mod migrations;
mod moving;
mod names;
mod program;
