//! Typed settings, parsed from the variables a host gives.
//!
//! Each part is read by itself, so that a component is given only the variables it needs.
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

/// Where Hydra is and how to reach it.
#[derive(Clone, Debug)]
pub struct HydraSettings {
    /// Hydra's public API, as reached from inside.
    pub public: Endpoint,
    /// Hydra's admin API, on an internal binding only.
    pub admin: Endpoint,
    /// Our public URL: the `iss` of every token (RFC 8414 §2), without a trailing slash.
    pub issuer: String,
}

impl HydraSettings {
    /// Reads `hydra_public_url`, `hydra_admin_url` and `issuer` through `lookup`.
    pub fn from_variables(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            public: Endpoint::from_variable(lookup, "hydra_public_url")?,
            admin: Endpoint::from_variable(lookup, "hydra_admin_url")?,
            issuer: issuer(lookup)?,
        })
    }
}

/// The `password` component from `password_url`; `None` to hash in this process.
pub fn password_component(lookup: Lookup<'_>) -> Result<Option<Endpoint>, ConfigError> {
    optional(lookup, "password_url")
        .map(|_| Endpoint::from_variable(lookup, "password_url"))
        .transpose()
}

fn optional(lookup: Lookup<'_>, name: &str) -> Option<String> {
    lookup(name).filter(|value| !value.is_empty())
}

/// Our public URL, from `issuer`, without a trailing slash.
pub fn issuer(lookup: Lookup<'_>) -> Result<String, ConfigError> {
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

/// What Hydra proves itself with when it calls the token hook, from `token_hook_key`.
pub fn token_hook_key(lookup: Lookup<'_>) -> Result<Secret<String>, ConfigError> {
    let (name, wants) = ("token_hook_key", "a random secret of 32 characters or more");
    let key = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
    if key.len() < 32 {
        return Err(ConfigError::Invalid { name, wants });
    }
    Ok(Secret::new(key))
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, Engine, HydraSettings, StoreUrl, issuer, token_hook_key};

    fn only(name: &'static str, value: &'static str) -> impl Fn(&str) -> Option<String> {
        move |asked| (asked == name).then(|| value.to_owned())
    }

    #[test]
    fn hydra_settings_are_read_without_trailing_slashes() {
        let lookup = |name: &str| {
            Some(
                match name {
                    "issuer" => "https://id.example/",
                    "hydra_public_url" => "http://127.0.0.1:4444",
                    _ => "http://127.0.0.1:4445/",
                }
                .to_owned(),
            )
        };
        let settings = HydraSettings::from_variables(&lookup).unwrap();
        assert_eq!(settings.issuer, "https://id.example");
        assert_eq!(
            settings.admin.join("/health"),
            "http://127.0.0.1:4445/health"
        );
    }

    #[test]
    fn the_scheme_names_the_engine() {
        let engine = |url| {
            StoreUrl::database(&only("database_url", url))
                .map(|url| (url.engine, url.endpoint.to_string()))
        };
        let https = Ok((Engine::LibSql, "https://db.example".to_owned()));
        assert_eq!(engine("libsql://db.example"), https);
        assert_eq!(engine("libsql+https://db.example"), https);
        assert_eq!(
            engine("libsql+http://127.0.0.1:9000"),
            Ok((Engine::LibSql, "http://127.0.0.1:9000".to_owned()))
        );
        for bad in ["oracle://db", "127.0.0.1:9000", "upstash://x", "libsql://"] {
            assert!(
                matches!(
                    engine(bad),
                    Err(ConfigError::Invalid {
                        name: "database_url",
                        ..
                    })
                ),
                "{bad}"
            );
        }
        let redis = StoreUrl::redis(&only("redis_url", "upstash+http://127.0.0.1:9000"));
        assert_eq!(redis.map(|url| url.engine), Ok(Engine::Upstash));
    }

    #[test]
    fn an_error_names_the_variable_and_hides_its_value() {
        let error = token_hook_key(&only("token_hook_key", "hunter2")).unwrap_err();
        assert!(
            error.to_string().contains("token_hook_key") && !error.to_string().contains("hunter2"),
            "{error}"
        );
        assert!(matches!(
            issuer(&only("issuer", "")),
            Err(ConfigError::Missing { name: "issuer", .. })
        ));
        assert!(issuer(&only("issuer", "https://id.example/?a=b")).is_err());
    }
}
