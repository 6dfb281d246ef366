use std::{fmt, str::FromStr};

use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Host;

use crate::{MongoTarget, MySqlTarget, PostgresTarget, SqlServerTarget};

/// A database that the gateway is in front of. The scheme of its URL says of what kind it is.
#[derive(Clone, Debug)]
pub enum Target {
    /// `mongodb://`.
    Mongo(MongoTarget),
    /// `mysql://`.
    MySql(MySqlTarget),
    /// `postgres://` or `postgresql://`.
    Postgres(PostgresTarget),
    /// `sqlserver://`.
    SqlServer(SqlServerTarget),
}

/// The text names no database. It is not repeated, since it may hold a password.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("is not the URL of a database: it {wants}")]
pub struct InvalidTarget {
    pub(crate) wants: &'static str,
}

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        match text.split_once("://").map(|(scheme, _)| scheme) {
            Some("mongodb") => text.parse().map(Self::Mongo),
            Some("mysql") => text.parse().map(Self::MySql),
            Some("postgres" | "postgresql") => text.parse().map(Self::Postgres),
            Some("sqlserver") => text.parse().map(Self::SqlServer),
            _ => Err(InvalidTarget {
                wants: "begins with postgres://, mysql://, sqlserver:// or mongodb://",
            }),
        }
    }
}

impl Target {
    /// The scheme of the URL by which our adapters reach it through a gateway, before `+http`.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Mongo(_) => "mongodb",
            Self::MySql(_) => "mysql",
            Self::Postgres(_) => "postgres",
            Self::SqlServer(_) => "sqlserver",
        }
    }
}

/// Shows no user and no password.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mongo(target) => target.fmt(f),
            Self::MySql(target) => target.fmt(f),
            Self::Postgres(target) => target.fmt(f),
            Self::SqlServer(target) => target.fmt(f),
        }
    }
}

/// What stands percent-encoded in a URL; `None` if it is no UTF-8.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8();
    text.ok().map(Into::into)
}

/// [`decoded`], for protocols that end texts with a zero byte.
pub(crate) fn without_zero(text: &str) -> Option<String> {
    decoded(text).filter(|text| !text.contains('\0'))
}

/// Whether a host is the machine that the gateway runs on: what goes there is not encrypted.
pub(crate) fn is_this_machine(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        Err(_) => host == "::1",
    }
}
