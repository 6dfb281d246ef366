//! Native sidecar: serves Hrana 3 over a libSQL file and Upstash REST over memory.
//!
//! [`Gateway::bind`] takes the port and opens the file, [`Gateway::serve`] answers until it is
//! told to stop. On one port there are:
//!
//! - `GET /v2`, `GET /v3`, `POST /v2/pipeline`, `POST /v3/pipeline`: SQL, as sqld speaks it;
//! - `POST /`, `POST /pipeline`, `POST /multi-exec`: Redis commands, as Upstash speaks them;
//! - `GET /healthz`.
//!
//! Deliberately absent: Hrana over web sockets, its cursors and its Protobuf; and a log, because
//! statements have literals and parameters, which are credentials and tokens here.

mod auth;
mod body;
mod database;
mod error;
mod hrana;
mod redis;
mod reply;
mod routes;
mod server;
mod settings;

pub use error::GatewayError;
pub use server::Gateway;
pub use settings::GatewaySettings;
