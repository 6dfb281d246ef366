//! Typed settings, parsed from the variables a host gives.
//!
//! Each part is read by itself, so that a component is given only the variables it needs.
//!
//! A variable that is missing or malformed is an error that names it and says what it wants;
//! a value is never repeated in the error, since it may be a secret.

mod endpoint;
mod limits;
mod messages;
mod password;
mod proxies;
mod signing_keys;

pub use endpoint::{Endpoint, Engine, StoreUrl};
use iam_model::{Secret, TenantName};
pub use limits::{LimitSettings, Limits, Rate};
pub use messages::{InvalidFrom, MailFrom, MailRoute, MessageSettings, Webhook, internal_key};
pub use password::PasswordParameters;
pub use proxies::{ProxyHeader, TrustedProxies};
pub use signing_keys::SigningKeySettings;
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

/// The tenant whose administrators act on all tenants, from `operator_tenant`; by default `system`.
pub fn operator_tenant(lookup: Lookup<'_>) -> Result<TenantName, ConfigError> {
    let text = optional(lookup, "operator_tenant").unwrap_or_else(|| "system".to_owned());
    text.parse().map_err(|_| ConfigError::Invalid {
        name: "operator_tenant",
        wants: "a tenant name: 1 to 63 of a-z 0-9 -",
    })
}

/// Where new passwords are looked up in breaches of others, from `breach_check` and
/// `breach_check_url`: a server of `/range/{first 5 digits of the SHA-1}`, as
/// `https://api.pwnedpasswords.com` is. `None` unless it is switched on.
pub fn breach_check(lookup: Lookup<'_>) -> Result<Option<Endpoint>, ConfigError> {
    match optional(lookup, "breach_check").as_deref() {
        None | Some("off") => Ok(None),
        Some("on") => Endpoint::from_variable(lookup, "breach_check_url").map(Some),
        Some(_) => Err(ConfigError::Invalid {
            name: "breach_check",
            wants: "`on` or `off`",
        }),
    }
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

/// The keyring that secrets at rest are encrypted with, from `encryption_keys`; whether it is one,
/// `iam-security` finds out.
pub fn encryption_keys(lookup: Lookup<'_>) -> Result<Secret<String>, ConfigError> {
    let (name, wants) = ("encryption_keys", ENCRYPTION_KEYS);
    let keys = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
    Ok(Secret::new(keys))
}

/// What `encryption_keys` wants.
pub const ENCRYPTION_KEYS: &str =
    "`id:key` by commas, the one to encrypt with first; a key is 32 bytes in base64url";

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
