use std::{fmt, str::FromStr};

use precis_core::profile::Profile;
use precis_profiles::UsernameCaseMapped;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The text cannot be a name of this kind.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum InvalidName {
    /// A character the kind does not allow.
    #[error("contains a character that is not allowed here")]
    Character,
    /// Nothing is left of it.
    #[error("must not be empty")]
    Empty,
    /// Longer than the kind allows.
    #[error("is too long: at most {max} characters")]
    TooLong {
        /// The most characters the kind allows.
        max: usize,
    },
}

/// How a value that is parsed from text stands in JSON, and in the schema of the API.
macro_rules! text_serde {
    ($name:ident, $error:ty) => {
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}
pub(crate) use text_serde;

/// Whether `text` is `[a-z0-9]` words joined by single separators, as in a DNS label.
fn is_slug(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// A tenant's name: unique in the installation, given once, never changed and never reused.
///
/// It is the `tenant` claim of every token and fits in a DNS label: 1 to 63 of `a-z 0-9 -`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantName(String);

impl TenantName {
    const MAX: usize = 63;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TenantName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        match text {
            "" => Err(InvalidName::Empty),
            _ if text.len() > Self::MAX => Err(InvalidName::TooLong { max: Self::MAX }),
            _ if is_slug(text) => Ok(Self(text.to_owned())),
            _ => Err(InvalidName::Character),
        }
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(TenantName, InvalidName);

/// A login name: shown as it was entered, compared by its [`key`](Self::key).
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username {
    text: String,
    key: String,
}

impl Username {
    const MAX: usize = 128;

    /// The name as its owner spelled it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What equality is decided on: the RFC 8265 §3.3 `UsernameCaseMapped` form.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl FromStr for Username {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text.is_empty() {
            return Err(InvalidName::Empty);
        }
        if text.chars().count() > Self::MAX {
            return Err(InvalidName::TooLong { max: Self::MAX });
        }
        let key = UsernameCaseMapped::new()
            .enforce(text)
            .map_err(|_| InvalidName::Character)?;
        Ok(Self {
            text: text.to_owned(),
            key: key.into_owned(),
        })
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_serde!(Username, InvalidName);

#[cfg(test)]
mod tests {
    use super::{InvalidName, TenantName, Username};

    #[test]
    fn a_tenant_name_is_a_dns_label() {
        for good in ["demo", "a", "acme-2", "0-0"] {
            assert!(good.parse::<TenantName>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "Demo", "a.b", "ä", &"a".repeat(64)] {
            assert!(bad.parse::<TenantName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn usernames_compare_by_case_and_width_folding() {
        let key = |text: &str| text.parse::<Username>().map(|name| name.key().to_owned());
        assert_eq!(key("Alice@Example.COM"), Ok("alice@example.com".to_owned()));
        assert_eq!(key("Ａｌｉｃｅ"), key("alice"));
        assert_eq!(key("Ångström"), key("A\u{30a}ngstro\u{308}m"));
        assert_eq!(key("a b"), Err(InvalidName::Character));
        assert_eq!(key("a\u{0}b"), Err(InvalidName::Character));
    }
}
