//! Opens the database and the ephemeral store that a URL names.
//!
//! This is the one place that knows all adapters. Opening does no I/O: whether the store answers
//! shows at the first request, or at `ping`.

use std::rc::Rc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::HeaderValue;
use iam_config::{ConfigError, Engine, StoreUrl};
use iam_platform::Platform;
use iam_storage_libsql::LibSqlTransport;
use iam_storage_mongo::MongoStorage;
use iam_storage_mssql::SqlServerTransport;
use iam_storage_mysql::MySqlTransport;
use iam_storage_ports::{EphemeralStore, Storage, Transfer};
use iam_storage_postgres::PostgresTransport;
use iam_storage_redis::UpstashStore;
use iam_storage_sql::SqlStorage;

/// What every adapter of a database is.
trait Database: Storage + Transfer {}

impl<T: Storage + Transfer> Database for T {}

/// The database at `url`, reached through `platform`.
pub fn open(platform: Rc<dyn Platform>, url: &StoreUrl) -> Result<Rc<dyn Storage>, ConfigError> {
    Ok(database(platform, url)?)
}

/// All that the database at `url` holds, for moving it.
pub fn open_transfer(
    platform: Rc<dyn Platform>,
    url: &StoreUrl,
) -> Result<Rc<dyn Transfer>, ConfigError> {
    Ok(database(platform, url)?)
}

fn database(platform: Rc<dyn Platform>, url: &StoreUrl) -> Result<Rc<dyn Database>, ConfigError> {
    let authorization = bearer(url, "database_token")?;
    match url.engine {
        Engine::LibSql => {
            let transport = LibSqlTransport::new(platform, &url.endpoint, authorization);
            Ok(Rc::new(SqlStorage::new(transport)))
        }
        Engine::MongoDb => {
            let name = url.connection.as_ref().map(|name| name.expose().clone());
            let name = name.unwrap_or_default();
            let storage = MongoStorage::new(platform, &url.endpoint, name, authorization);
            Ok(Rc::new(storage))
        }
        Engine::MySql => {
            let transport = MySqlTransport::new(platform, &url.endpoint, basic(url)?);
            Ok(Rc::new(SqlStorage::new(transport)))
        }
        Engine::Postgres => {
            let connection = connection(url)?;
            let transport =
                PostgresTransport::new(platform, &url.endpoint, connection, authorization);
            Ok(Rc::new(SqlStorage::new(transport)))
        }
        Engine::SqlServer => {
            let name = url.connection.as_ref().map(|name| name.expose().clone());
            let name = name.unwrap_or_default();
            let transport = SqlServerTransport::new(platform, &url.endpoint, name, authorization);
            Ok(Rc::new(SqlStorage::new(transport)))
        }
        Engine::Upstash => Err(ConfigError::Invalid {
            name: "database_url",
            wants: "the URL of a database",
        }),
    }
}

/// The ephemeral store at `url`, reached through `platform`.
pub fn open_ephemeral(
    platform: Rc<dyn Platform>,
    url: &StoreUrl,
) -> Result<Rc<dyn EphemeralStore>, ConfigError> {
    let authorization = bearer(url, "redis_token")?;
    match url.engine {
        Engine::Upstash => {
            let store = UpstashStore::new(platform, &url.endpoint, authorization);
            Ok(Rc::new(store))
        }
        Engine::LibSql | Engine::MongoDb | Engine::MySql | Engine::Postgres | Engine::SqlServer => {
            Err(ConfigError::Invalid {
                name: "redis_url",
                wants: "the URL of a Redis",
            })
        }
    }
}

/// The connection string of a `PostgreSQL`.
fn connection(url: &StoreUrl) -> Result<HeaderValue, ConfigError> {
    let text = url.connection.as_ref().map(|text| text.expose().as_str());
    let value = text.and_then(|text| HeaderValue::from_str(text).ok());
    let mut value = value.ok_or(ConfigError::Invalid {
        name: "database_url",
        wants: "a connection string of visible ASCII characters",
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The `Authorization` for a MySQL (RFC 7617 §2): a user and a password, or a gateway's name for a
/// database and its token.
fn basic(url: &StoreUrl) -> Result<HeaderValue, ConfigError> {
    let invalid = ConfigError::Invalid {
        name: "database_url",
        wants: "the name of a database, or a user and a password",
    };
    let who = url.connection.as_ref().map(|who| who.expose().as_str());
    let who = who.ok_or_else(|| invalid.clone())?;
    let token = url.token.as_ref().map(|token| token.expose().as_str());
    let credentials = match who.split_once(':') {
        Some(_) => BASE64_STANDARD.encode(who),
        None => BASE64_STANDARD.encode(format!("{who}:{}", token.unwrap_or_default())),
    };
    let mut value = HeaderValue::try_from(format!("Basic {credentials}")).map_err(|_| invalid)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The `Authorization` for `url` (RFC 6750 §2.1), whose token comes from the variable `name`.
fn bearer(url: &StoreUrl, name: &'static str) -> Result<Option<HeaderValue>, ConfigError> {
    let Some(token) = &url.token else {
        return Ok(None);
    };
    let visible = token.expose().bytes().all(|b| b.is_ascii_graphic());
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok();
    let mut value = value.filter(|_| visible).ok_or(ConfigError::Invalid {
        name,
        wants: "a token of visible ASCII characters",
    })?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use async_trait::async_trait;
    use bytes::Bytes;
    use futures_util::FutureExt;
    use http::{Request, Response, header};
    use iam_config::{ConfigError, StoreUrl};
    use iam_model::Timestamp;
    use iam_platform::{FetchError, Platform};

    use super::{open, open_ephemeral};

    /// A host that keeps the requests and answers none.
    #[derive(Default)]
    struct Recorder(RefCell<Vec<Request<Bytes>>>);

    #[async_trait(?Send)]
    impl Platform for Recorder {
        async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
            self.0.borrow_mut().push(request);
            Err(FetchError::Timeout)
        }

        fn now(&self) -> Timestamp {
            Timestamp::default()
        }

        fn fill_random(&self, _: &mut [u8]) {}

        fn variable(&self, _: &str) -> Option<String> {
            None
        }

        fn log(&self, _: &str) {}
    }

    fn database(token: &'static str) -> StoreUrl {
        let url = "libsql+http://127.0.0.1:9/";
        StoreUrl::database(&|name| Some(if name == "database_url" { url } else { token }.into()))
            .unwrap()
    }

    fn redis(token: &'static str) -> StoreUrl {
        let url = "upstash://redis.example";
        StoreUrl::redis(&|name| Some(if name == "redis_url" { url } else { token }.into())).unwrap()
    }

    #[test]
    fn the_engine_of_the_url_is_spoken_to_with_its_token() {
        let host = Rc::new(Recorder::default());
        let storage = open(host.clone(), &database("t1")).unwrap();
        assert!(storage.ping().now_or_never().unwrap().is_err());
        let ephemeral = open_ephemeral(host.clone(), &redis("t2")).unwrap();
        assert!(ephemeral.ping().now_or_never().unwrap().is_err());
        let shown = |request: &Request<Bytes>| {
            let token = &request.headers()[header::AUTHORIZATION];
            assert!(token.is_sensitive());
            format!("{} {}", request.uri(), token.to_str().unwrap())
        };
        let sent: Vec<_> = host.0.borrow().iter().map(shown).collect();
        assert_eq!(
            sent,
            [
                "http://127.0.0.1:9/v3/pipeline Bearer t1",
                "https://redis.example/ Bearer t2",
            ]
        );
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused_by_the_name_of_its_variable() {
        let named = |error: Option<ConfigError>| match error {
            Some(ConfigError::Invalid { name, .. }) => name,
            other => panic!("{other:?}"),
        };
        let host = || Rc::new(Recorder::default());
        let error = open(host(), &database("a\nb")).err();
        assert_eq!(named(error), "database_token");
        let error = open_ephemeral(host(), &redis("é")).err();
        assert_eq!(named(error), "redis_token");
    }

    #[test]
    fn a_redis_is_no_database_and_a_database_no_redis() {
        let host = || Rc::new(Recorder::default());
        assert!(open(host(), &redis("t")).is_err());
        assert!(open_ephemeral(host(), &database("t")).is_err());
    }
}
