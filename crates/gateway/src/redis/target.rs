use std::{fmt, path::PathBuf, str::FromStr};

use iam_model::Secret;
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

/// Where commands of Redis are done.
#[derive(Clone, Debug)]
pub enum RedisTarget {
    /// In this program's memory, for development.
    Memory,
    /// In a Redis.
    Server(RedisServer),
}

impl FromStr for RedisTarget {
    type Err = InvalidRedisUrl;

    /// `memory:`, or the URL of a server.
    fn from_str(text: &str) -> Result<Self, InvalidRedisUrl> {
        match text {
            "memory:" => Ok(Self::Memory),
            url => url.parse().map(Self::Server),
        }
    }
}

/// Shows no user and no password.
impl fmt::Display for RedisTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory, for development"),
            Self::Server(server) => server.fmt(f),
        }
    }
}

/// Where a Redis is, and as whom to speak to it: `redis://user:password@host:port/database`, or
/// `rediss://` for TLS, where the server's certificate must be of a known authority and for this
/// host. `?ca=/path/of.pem` is the authority to know instead, for a server that has its own.
#[derive(Clone, Debug)]
pub struct RedisServer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret<String>>,
    pub(crate) database: i64,
    pub(crate) tls: bool,
    pub(crate) authority: Option<PathBuf>,
}

/// The text names no Redis. It is not repeated, since it may hold a password.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error(
    "is not the URL of a Redis: it is written redis://user:password@host:6379/0, or rediss:// for \
     TLS"
)]
pub struct InvalidRedisUrl;

impl FromStr for RedisServer {
    type Err = InvalidRedisUrl;

    fn from_str(text: &str) -> Result<Self, InvalidRedisUrl> {
        let url = Url::parse(text).map_err(|_| InvalidRedisUrl)?;
        let tls = match url.scheme() {
            "redis" => false,
            "rediss" => true,
            _ => return Err(InvalidRedisUrl),
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        let database = match url.path().trim_start_matches('/') {
            "" => 0,
            number => number.parse::<u16>().map_err(|_| InvalidRedisUrl)?,
        };
        let mut authority = None;
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("ca", path) if tls && !path.is_empty() => authority = Some(PathBuf::from(path)),
                _ => return Err(InvalidRedisUrl),
            }
        }
        let user = decoded(url.username())?;
        Ok(Self {
            host: host
                .ok_or(InvalidRedisUrl)?
                .trim_matches(['[', ']'])
                .to_owned(),
            port: url.port().unwrap_or(6379),
            user: Some(user).filter(|user| !user.is_empty()),
            password: url.password().map(decoded).transpose()?.map(Secret::new),
            database: database.into(),
            tls,
            authority,
        })
    }
}

/// Shows no user and no password.
impl fmt::Display for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "rediss" } else { "redis" };
        let Self {
            host,
            port,
            database,
            ..
        } = self;
        write!(f, "{scheme}://{host}:{port}/{database}")
    }
}

fn decoded(text: &str) -> Result<String, InvalidRedisUrl> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text.map_err(|_| InvalidRedisUrl)?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::RedisServer;

    #[test]
    fn a_url_says_where_and_as_whom_and_shows_no_password() {
        let server: RedisServer = "rediss://u:p%40ss@redis.example/3".parse().unwrap();
        assert_eq!((server.port, server.database, server.tls), (6379, 3, true));
        assert_eq!(server.user.as_deref(), Some("u"));
        assert_eq!(server.password.as_ref().unwrap().expose(), "p@ss");
        assert_eq!(server.to_string(), "rediss://redis.example:6379/3");
        assert!(!format!("{server:?}").contains("p@ss"));
        let server: RedisServer = "rediss://h/?ca=/a.pem".parse().unwrap();
        assert_eq!(server.authority, Some("/a.pem".into()));
        let server: RedisServer = "redis://:p@[::1]:7000".parse().unwrap();
        assert_eq!((server.host.as_str(), server.user), ("::1", None));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in [
            "http://h",
            "redis://",
            "redis://h/x",
            "redis://h/0/1",
            "redis://h?protocol=resp3",
            "redis://h?ca=/a.pem",
            "redis://h/-1",
            "redis://%ff@h",
        ] {
            assert!(bad.parse::<RedisServer>().is_err(), "{bad}");
        }
    }
}
