use std::fmt;

use iam_model::Secret;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::{ConfigError, Lookup, optional};

/// The base URL of a server we call: http or https, without a trailing slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint(String);

impl Endpoint {
    pub(crate) fn from_variable(
        lookup: Lookup<'_>,
        name: &'static str,
    ) -> Result<Self, ConfigError> {
        let wants = "an http:// or https:// URL without query or user name";
        let text = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
        Self::parse(&text).ok_or(ConfigError::Invalid { name, wants })
    }

    /// Reads an http or https URL; `None` if it is another thing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        (matches!(url.scheme(), "http" | "https") && url.has_host() && plain)
            .then(|| Self(text.trim_end_matches('/').to_owned()))
    }

    /// The base URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of `path`, which starts with a slash, at this server.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of store a URL names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Engine {
    /// libSQL by Hrana 3: `libsql://` or `libsql+https://`, `libsql+http://` for a sidecar.
    LibSql,
    /// MongoDB behind a gateway that has a database of this name, or `default`:
    /// `mongodb+http://host:port/name`.
    MongoDb,
    /// MySQL by `PlanetScale`'s protocol: `mysql://user:password@host/…` for `PlanetScale` itself,
    /// `mysql+http://host:port/name` for a gateway that has a database of this name, or `default`.
    MySql,
    /// `PostgreSQL` by Neon's protocol: `postgres://user:password@host/database` for Neon itself,
    /// `postgres+http://host:port/name` for a gateway that has a database of this name, or
    /// `default`.
    Postgres,
    /// SQL Server behind a gateway that has a database of this name, or `default`:
    /// `sqlserver+http://host:port/name`.
    SqlServer,
    /// Redis by Upstash REST: `upstash://` or `upstash+https://`, `upstash+http://` for a sidecar.
    Upstash,
}

/// Where a store is and how to speak to it.
#[derive(Clone, Debug)]
pub struct StoreUrl {
    /// What kind of store it is.
    pub engine: Engine,
    /// Its HTTP endpoint.
    pub endpoint: Endpoint,
    /// Which database it is there: what `PostgreSQL` wants to be told, with as whom; the name that
    /// a gateway has for a SQL Server, a MySQL or a MongoDB; or `PlanetScale`'s user, a colon and a password.
    pub connection: Option<Secret<String>>,
    /// The bearer token it wants, if any.
    pub token: Option<Secret<String>>,
}

impl StoreUrl {
    /// The database, from `database_url` and `database_token`.
    pub fn database(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let wants = "libsql://host, libsql+http://host:port, \
            postgres://user:password@host/database, postgres+http://host:port/name, \
            mysql://user:password@host, mysql+http://host:port/name, \
            mongodb+http://host:port/name or sqlserver+http://host:port/name";
        Self::from_variables(lookup, "database_url", "database_token", &DATABASES, wants)
    }

    /// The ephemeral store, from `redis_url` and `redis_token`.
    pub fn redis(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let wants = "upstash://host or upstash+http://host:port";
        Self::from_variables(lookup, "redis_url", "redis_token", &REDIS, wants)
    }

    fn from_variables(
        lookup: Lookup<'_>,
        name: &'static str,
        token: &str,
        engines: &[(&str, Engine, &str)],
        wants: &'static str,
    ) -> Result<Self, ConfigError> {
        let text = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
        let invalid = ConfigError::Invalid { name, wants };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| invalid.clone())?;
        let known = engines.iter().find(|(known, ..)| *known == scheme);
        let (_, engine, transport) = known.ok_or_else(|| invalid.clone())?;
        let url = format!("{transport}://{rest}");
        let (endpoint, connection) = match engine {
            Engine::MySql => mysql(&url).ok_or(invalid)?,
            Engine::Postgres => postgres(&url).ok_or(invalid)?,
            Engine::MongoDb | Engine::SqlServer => named(&url).ok_or(invalid)?,
            Engine::LibSql | Engine::Upstash => (Endpoint::parse(&url).ok_or(invalid)?, None),
        };
        Ok(Self {
            engine: *engine,
            endpoint,
            connection,
            token: optional(lookup, token).map(Secret::new),
        })
    }
}

/// The endpoint and the connection string for a `PostgreSQL` at `url`.
///
/// With a user it is Neon, which serves SQL at `api.` before the region of its host, as its own
/// driver knows; without one it is a gateway, and the path is the name of a database there.
fn postgres(url: &str) -> Option<(Endpoint, Option<Secret<String>>)> {
    let parsed = Url::parse(url).ok()?;
    let host = parsed.host_str()?;
    if parsed.username().is_empty() {
        let name = parsed.path().trim_matches('/');
        let name = if name.is_empty() { "default" } else { name };
        let origin = parsed.origin().ascii_serialization();
        let connection = format!("postgresql://{name}/");
        // What is no name of a host would name another than is meant.
        let host = Url::parse(&connection).ok()?.host_str()? == name;
        let plain = parsed.query().is_none() && parsed.fragment().is_none();
        let endpoint = Endpoint::parse(&origin).filter(|_| host && plain)?;
        return Some((endpoint, Some(Secret::new(connection))));
    }
    let (_, region) = host.split_once('.')?;
    let endpoint = Endpoint::parse(&format!("{}://api.{region}", parsed.scheme()))?;
    let connection = url.replacen(parsed.scheme(), "postgresql", 1);
    Some((endpoint, Some(Secret::new(connection))))
}

/// The endpoint for a MySQL at `url`, and who asks there: with a user it is `PlanetScale`, whose own
/// driver looks no further than the host; without one it is a gateway, and the path is the name of a
/// database there.
fn mysql(url: &str) -> Option<(Endpoint, Option<Secret<String>>)> {
    let parsed = Url::parse(url).ok()?;
    if parsed.username().is_empty() {
        return named(url);
    }
    let decoded = |text| percent_decode_str(text).decode_utf8().ok();
    let (user, password) = (decoded(parsed.username())?, decoded(parsed.password()?)?);
    // RFC 7617 §2: there is no colon in a user's name.
    let user = Some(user).filter(|user| !user.contains(':'))?;
    let endpoint = Endpoint::parse(&parsed.origin().ascii_serialization())?;
    Some((endpoint, Some(Secret::new(format!("{user}:{password}")))))
}

/// The endpoint of a gateway at `url`, and its name for a database, which is the path.
fn named(url: &str) -> Option<(Endpoint, Option<Secret<String>>)> {
    let parsed = Url::parse(url).ok()?;
    let plain = parsed.query().is_none() && parsed.fragment().is_none();
    let name = parsed.path().trim_matches('/');
    let name = if name.is_empty() { "default" } else { name };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let nobody = parsed.username().is_empty() && parsed.password().is_none();
    let origin = parsed.origin().ascii_serialization();
    let endpoint = Endpoint::parse(&origin).filter(|_| plain && nobody)?;
    let name = name.chars().all(is_name).then(|| name.to_owned())?;
    Some((endpoint, Some(Secret::new(name))))
}

const DATABASES: [(&str, Engine, &str); 13] = [
    ("libsql", Engine::LibSql, "https"),
    ("libsql+http", Engine::LibSql, "http"),
    ("libsql+https", Engine::LibSql, "https"),
    ("mongodb+http", Engine::MongoDb, "http"),
    ("mongodb+https", Engine::MongoDb, "https"),
    ("mysql", Engine::MySql, "https"),
    ("mysql+http", Engine::MySql, "http"),
    ("mysql+https", Engine::MySql, "https"),
    ("postgres", Engine::Postgres, "https"),
    ("postgres+http", Engine::Postgres, "http"),
    ("postgres+https", Engine::Postgres, "https"),
    ("sqlserver+http", Engine::SqlServer, "http"),
    ("sqlserver+https", Engine::SqlServer, "https"),
];
const REDIS: [(&str, Engine, &str); 3] = [
    ("upstash", Engine::Upstash, "https"),
    ("upstash+http", Engine::Upstash, "http"),
    ("upstash+https", Engine::Upstash, "https"),
];

#[cfg(test)]
mod tests {
    use super::{Engine, StoreUrl};

    fn database(url: &'static str) -> Option<(Engine, String, String)> {
        let lookup = |name: &str| (name == "database_url").then(|| url.to_owned());
        let url = StoreUrl::database(&lookup).ok()?;
        let connection = url.connection?.expose().clone();
        Some((url.engine, url.endpoint.to_string(), connection))
    }

    #[test]
    fn a_mysql_is_a_name_at_a_gateway_or_a_user_at_planetscale() {
        let mysql = |endpoint: &str, connection: &str| {
            Some((Engine::MySql, endpoint.to_owned(), connection.to_owned()))
        };
        let gateway = "http://127.0.0.1:8081";
        let at = database;
        assert_eq!(at("mysql+http://127.0.0.1:8081"), mysql(gateway, "default"));
        assert_eq!(
            at("mysql+http://127.0.0.1:8081/iam-2"),
            mysql(gateway, "iam-2")
        );
        let planetscale = "https://aws.connect.psdb.cloud";
        assert_eq!(
            at("mysql://u:pscale_pw_%40@aws.connect.psdb.cloud/iam?sslaccept=strict"),
            mysql(planetscale, "u:pscale_pw_@")
        );
        for bad in ["mysql://u@h/d", "mysql+http://h/a/b", "mysql://a%3Ab:p@h"] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_sql_server_is_a_name_at_a_gateway() {
        let gateway = "http://127.0.0.1:8081";
        for (url, name) in [
            ("sqlserver+http://127.0.0.1:8081", "default"),
            ("sqlserver+http://127.0.0.1:8081/iam-2", "iam-2"),
        ] {
            let expected = (Engine::SqlServer, gateway.to_owned(), name.to_owned());
            assert_eq!(database(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn a_postgres_is_a_name_at_a_gateway_or_a_user_at_neon() {
        let postgres = |endpoint: &str, connection: &str| {
            Some((Engine::Postgres, endpoint.to_owned(), connection.to_owned()))
        };
        let gateway = "http://127.0.0.1:8081";
        assert_eq!(
            database("postgres+http://127.0.0.1:8081"),
            postgres(gateway, "postgresql://default/")
        );
        assert_eq!(
            database("postgres+http://127.0.0.1:8081/iam-2"),
            postgres(gateway, "postgresql://iam-2/")
        );
        let neon = "postgres://u:p%40@ep-x-1.eu-central-1.aws.neon.tech/iam?sslmode=require";
        assert_eq!(
            database(neon),
            postgres(
                "https://api.eu-central-1.aws.neon.tech",
                "postgresql://u:p%40@ep-x-1.eu-central-1.aws.neon.tech/iam?sslmode=require"
            )
        );
        for bad in [
            "sqlserver://u:p@h/d",
            "sqlserver+http://u:p@h/d",
            "sqlserver+http://h/a/b",
            "sqlserver+http://h/a%20b",
            "sqlserver+http://h/?x",
            "postgres://",
            "postgres+http://h/a/b",
            "postgres+http://h/?x",
            "postgres://u@h/d",
        ] {
            assert_eq!(database(bad), None, "{bad}");
        }
    }
}
