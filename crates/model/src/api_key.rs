use std::{fmt, str::FromStr};

use crate::{ApiKeyId, InvalidName, Line, Permission, Timestamp, hex};

/// The SHA-256 of an API key, in 64 hexadecimal digits: all that is kept of it.
#[derive(Clone, Eq, PartialEq)]
pub struct ApiKeyDigest(String);

impl ApiKeyDigest {
    /// The digest `bytes`.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(hex(&bytes))
    }

    /// The digits, for storage and comparison only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It cannot be turned back into a key, yet nobody has to read it.
impl fmt::Debug for ApiKeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyDigest(…)")
    }
}

impl FromStr for ApiKeyDigest {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::Character)
        }
    }
}

/// A service account: a program that calls the admin API with a key of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKey {
    /// Its id, which is part of the key.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: Line,
    /// The digest of the key.
    pub digest: ApiKeyDigest,
    /// What it may do, sorted and without repeats.
    pub permissions: Vec<Permission>,
    /// When it stops working; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ApiKey {
    /// Whether it works at `now`.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::ApiKeyDigest;

    #[test]
    fn a_digest_is_64_digits_and_is_not_shown() {
        let digest = ApiKeyDigest::new([0xab; 32]);
        assert_eq!(digest.as_str().parse::<ApiKeyDigest>(), Ok(digest.clone()));
        assert!(!format!("{digest:?}").contains("ab"), "{digest:?}");
        assert!("AB".repeat(32).parse::<ApiKeyDigest>().is_err());
    }
}
