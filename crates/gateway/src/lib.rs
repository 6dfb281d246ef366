//! Native sidecar: serves databases over HTTP, in the protocols of those who offer them so.
//!
//! [`Gateway::bind`] takes the port and opens the file, [`Gateway::serve`] answers until it is
//! told to stop. On one port there are:
//!
//! - `GET /v2`, `GET /v3`, `POST /v2/pipeline`, `POST /v3/pipeline`: SQL, as sqld speaks it;
//! - `POST /sql`: Postgres, as Neon speaks it, in front of databases that it was told of;
//! - `POST /mongo`: commands of MongoDB, in front of databases that it was told of;
//! - `POST /psdb.v1alpha1.Database/Execute` and its like: MySQL, as `PlanetScale` speaks it, in front of
//!   databases that it was told of;
//! - `POST /`, `POST /pipeline`, `POST /multi-exec`: Redis commands, as Upstash speaks them;
//! - `POST /v1/sqlserver`: one unit of work, for a SQL Server;
//! - `POST /v1/mail`: one message, for an SMTP server;
//! - `GET /healthz`, `GET /readyz`, `GET /metrics`.
//!
//! Deliberately absent: Hrana over web sockets, its cursors and its Protobuf; and a log, because
//! statements have literals and parameters, which are credentials and tokens here.

mod auth;
mod backend;
mod body;
mod database;
mod error;
mod hrana;
mod limits;
mod mail;
mod metrics;
mod mongo;
mod mssql;
mod mysql;
mod pool;
mod postgres;
mod ready;
mod redis;
mod reply;
mod routes;
mod server;
mod settings;
mod target;
mod tls;

pub use error::GatewayError;
pub use limits::Limits;
pub use mail::{InvalidSmtpUrl, MailSetupError, MailTarget, SmtpUrl};
pub use mongo::MongoTarget;
pub use mssql::SqlServerTarget;
pub use mysql::MySqlTarget;
pub use postgres::PostgresTarget;
pub use redis::{InvalidRedisUrl, RedisServer, RedisTarget};
pub use server::{Drained, Gateway};
pub use settings::GatewaySettings;
pub use target::{InvalidTarget, Target};
