use std::{fmt, str::FromStr};

use precis_core::profile::Profile;
use precis_profiles::UsernameCaseMapped;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::name::text_serde;

/// The text is not an e-mail address.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("is not an e-mail address such as alice@example.com")]
pub struct InvalidEmail;

/// An e-mail address: shown as it was entered, compared by its [`key`](Self::key).
///
/// RFC 5321 §4.5.3.1 bounds its length; RFC 6531 allows any script. Quoted local parts and address
/// literals are refused: no provider gives them out, and they are how filters are fooled.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    text: String,
    key: String,
}

impl Email {
    /// The longest address, in bytes (RFC 5321 §4.5.3.1.3, less the angle brackets).
    const MAX: usize = 254;
    /// The longest local part, in bytes (RFC 5321 §4.5.3.1.1).
    const MAX_LOCAL: usize = 64;

    /// The address as its owner spelled it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What equality is decided on: the RFC 8265 §3.3 `UsernameCaseMapped` form of the whole, as
    /// providers treat the local part too.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let atoms = |part: &str| part.split('.').all(|atom| !atom.is_empty());
        let special = |c: char| c.is_whitespace() || "\"(),:;<>@[\\]".contains(c);
        let label = |label: &str| !label.starts_with('-') && !label.ends_with('-');
        let well_formed = text.len() <= Self::MAX
            && local.len() <= Self::MAX_LOCAL
            && atoms(local)
            && atoms(domain)
            && domain.contains('.')
            && domain.split('.').all(label)
            && !local.contains(special)
            && domain
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '.');
        if !well_formed {
            return Err(InvalidEmail);
        }
        let key = UsernameCaseMapped::new()
            .enforce(text)
            .map_err(|_| InvalidEmail)?;
        Ok(Self {
            text: text.to_owned(),
            key: key.into_owned(),
        })
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_serde!(Email, InvalidEmail);

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn an_e_mail_address_has_a_local_part_and_a_domain() {
        for good in ["a@example.com", "a.b+c@sub.example.org", "ü@exämple.de"] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.c",
            "a@localhost",
            "a b@example.com",
            "a@exa mple.com",
            "a..b@example.com",
            "a@-x.com",
            "a@[127.0.0.1]",
            "\"a\"@example.com",
            "a@b@example.com",
            "a@example.com\r\nBcc: x@y.z",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_compare_by_folded_case() {
        let key = |text: &str| text.parse::<Email>().map(|email| email.key().to_owned());
        assert_eq!(key("Alice@Example.COM"), Ok("alice@example.com".to_owned()));
        assert_eq!(key("Ü@example.com"), key("u\u{308}@EXAMPLE.com"));
    }
}
