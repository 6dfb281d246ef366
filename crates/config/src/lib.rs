//! Typed settings, parsed once from the variables a host gives.
//!
//! A variable that is missing or malformed is an error that names it and says what it wants;
//! a value is never repeated in the error, since it may be a secret.

mod endpoint;
mod password;

pub use endpoint::{Endpoint, Engine, StoreUrl};
use iam_model::Secret;
pub use password::PasswordParameters;
use thiserror::Error;
use url::Url;

/// A setting cannot be used.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ConfigError {
    /// A variable without a default is not set.
    #[error("variable `{name}` is not set: {wants}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What to set it to.
        wants: &'static str,
    },
    /// A variable has a value that cannot be used.
    #[error("variable `{name}` is not usable: {wants}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What to set it to.
        wants: &'static str,
    },
}

/// The value of a variable, `None` if it is not set.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything a component may need to know of its surroundings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Our public URL: the `iss` of every token (RFC 8414 §2), without a trailing slash.
    pub issuer: String,
    /// The database.
    pub database: StoreUrl,
    /// The ephemeral store.
    pub redis: StoreUrl,
    /// Hydra's public API, as reached from inside.
    pub hydra_public: Endpoint,
    /// Hydra's admin API, on an internal binding only.
    pub hydra_admin: Endpoint,
    /// The `password` component; `None` to hash in this process.
    pub password: Option<Endpoint>,
    /// What Hydra proves itself with when it calls the token hook.
    pub token_hook_key: Secret<String>,
}

impl Settings {
    /// Reads all settings through `lookup`.
    pub fn from_variables(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            issuer: issuer(lookup)?,
            database: StoreUrl::from_variables(lookup, "database_url", "database_token")?,
            redis: StoreUrl::from_variables(lookup, "redis_url", "redis_token")?,
            hydra_public: Endpoint::from_variable(lookup, "hydra_public_url")?,
            hydra_admin: Endpoint::from_variable(lookup, "hydra_admin_url")?,
            password: optional(lookup, "password_url")
                .map(|_| Endpoint::from_variable(lookup, "password_url"))
                .transpose()?,
            token_hook_key: token_hook_key(lookup)?,
        })
    }
}

fn optional(lookup: Lookup<'_>, name: &str) -> Option<String> {
    lookup(name).filter(|value| !value.is_empty())
}

fn issuer(lookup: Lookup<'_>) -> Result<String, ConfigError> {
    let (name, wants) = (
        "issuer",
        "the public URL, such as https://id.example.com, without query or fragment",
    );
    let text = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
    let url = Url::parse(&text).map_err(|_| ConfigError::Invalid { name, wants })?;
    // RFC 8414 §2: https, no query, no fragment. Plain http is for loopback and clusters in tests.
    if !matches!(url.scheme(), "https" | "http")
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(ConfigError::Invalid { name, wants });
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn token_hook_key(lookup: Lookup<'_>) -> Result<Secret<String>, ConfigError> {
    let (name, wants) = ("token_hook_key", "a random secret of 32 characters or more");
    let key = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
    if key.len() < 32 {
        return Err(ConfigError::Invalid { name, wants });
    }
    Ok(Secret::new(key))
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, Engine, Settings};

    fn settings(change: (&str, &str)) -> Result<Settings, ConfigError> {
        let lookup = |name: &str| {
            let value = if name == change.0 {
                change.1
            } else {
                match name {
                    "issuer" => "https://id.example/",
                    "database_url" => "libsql+http://127.0.0.1:9000",
                    "redis_url" => "upstash+http://127.0.0.1:9000",
                    "hydra_public_url" => "http://127.0.0.1:4444",
                    "hydra_admin_url" => "http://127.0.0.1:4445/",
                    "token_hook_key" => "0123456789abcdef0123456789abcdef",
                    _ => return None,
                }
            };
            Some(value.to_owned())
        };
        Settings::from_variables(&lookup)
    }

    #[test]
    fn complete_settings_are_read() {
        let settings = settings(("", "")).unwrap();
        assert_eq!(settings.issuer, "https://id.example");
        assert_eq!(settings.database.engine, Engine::LibSql);
        assert_eq!(settings.database.endpoint.as_str(), "http://127.0.0.1:9000");
        assert_eq!(
            settings.hydra_admin.join("/health"),
            "http://127.0.0.1:4445/health"
        );
        assert!(settings.password.is_none());
    }

    #[test]
    fn the_scheme_names_the_engine() {
        let engine = |url| {
            settings(("database_url", url))
                .map(|s| (s.database.engine, s.database.endpoint.to_string()))
        };
        assert_eq!(
            engine("libsql://db.example"),
            Ok((Engine::LibSql, "https://db.example".to_owned()))
        );
        assert!(matches!(
            engine("oracle://db"),
            Err(ConfigError::Invalid {
                name: "database_url",
                ..
            })
        ));
        assert!(matches!(
            engine("127.0.0.1:9000"),
            Err(ConfigError::Invalid { .. })
        ));
        assert!(matches!(
            settings(("redis_url", "libsql://x")),
            Err(ConfigError::Invalid {
                name: "redis_url",
                ..
            })
        ));
    }

    #[test]
    fn an_error_names_the_variable_and_hides_its_value() {
        let error = settings(("token_hook_key", "hunter2"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("token_hook_key") && !error.contains("hunter2"),
            "{error}"
        );
        assert!(matches!(
            settings(("issuer", "")),
            Err(ConfigError::Missing { name: "issuer", .. })
        ));
        assert!(settings(("issuer", "https://id.example/?a=b")).is_err());
    }
}
