use std::fmt;

use iam_model::Secret;
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
    /// The bearer token it wants, if any.
    pub token: Option<Secret<String>>,
}

impl StoreUrl {
    /// The database, from `database_url` and `database_token`.
    pub fn database(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let wants = "libsql://host or libsql+http://host:port";
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
        let endpoint = Endpoint::parse(&format!("{transport}://{rest}")).ok_or(invalid)?;
        Ok(Self {
            engine: *engine,
            endpoint,
            token: optional(lookup, token).map(Secret::new),
        })
    }
}

const DATABASES: [(&str, Engine, &str); 3] = [
    ("libsql", Engine::LibSql, "https"),
    ("libsql+http", Engine::LibSql, "http"),
    ("libsql+https", Engine::LibSql, "https"),
];
const REDIS: [(&str, Engine, &str); 3] = [
    ("upstash", Engine::Upstash, "https"),
    ("upstash+http", Engine::Upstash, "http"),
    ("upstash+https", Engine::Upstash, "https"),
];
