use std::{fmt, str::FromStr};

use crate::{InvalidName, Timestamp, UserId};

/// The id of a session: what came of one login at one client, with all that was refreshed since.
/// It is what Hydra calls the consent.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SessionId(String);

impl SessionId {
    const MAX: usize = 64;

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text.is_empty() {
            return Err(InvalidName::Empty);
        }
        if text.len() > Self::MAX {
            return Err(InvalidName::TooLong { max: Self::MAX });
        }
        if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::Character)
        }
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A session that its user has ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndedSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it was.
    pub user_id: UserId,
    /// When it was ended.
    pub ended_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::SessionId;

    #[test]
    fn an_id_is_a_short_word() {
        assert!(
            "0b0c7d9e-1d1a-4a53-9df3-6a1d1d5f5f5f"
                .parse::<SessionId>()
                .is_ok()
        );
        for bad in ["", "a b", "a/b", "é", &"a".repeat(65)] {
            assert!(bad.parse::<SessionId>().is_err(), "{bad}");
        }
    }
}
