use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::name::text_serde;

/// The text is not a scope of RFC 6749 §3.3.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error(
    "is not a scope: tokens of printable ASCII without quotes or backslashes, joined by spaces"
)]
pub struct InvalidScope;

/// One scope token, for instance `openid` (RFC 6749 §3.3).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScopeToken(String);

impl ScopeToken {
    /// The token as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ScopeToken {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        // scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), RFC 6749 appendix A.4
        let allowed = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if !text.is_empty() && text.len() <= 256 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidScope)
        }
    }
}

impl fmt::Display for ScopeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(ScopeToken, InvalidScope);

/// A set of scope tokens, spelled with single spaces between them. The empty set is allowed.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(BTreeSet<ScopeToken>);

impl Scope {
    /// Whether `token` is in the set.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|t| t.as_str() == token)
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens of this set that are not in `allowed`.
    pub fn beyond<'a>(&'a self, allowed: &'a Self) -> impl Iterator<Item = &'a ScopeToken> {
        self.0.difference(&allowed.0)
    }

    /// The tokens, sorted.
    pub fn tokens(&self) -> impl Iterator<Item = &ScopeToken> {
        self.0.iter()
    }
}

impl FromIterator<ScopeToken> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeToken>>(tokens: I) -> Self {
        Self(tokens.into_iter().collect())
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        text.split(' ')
            .filter(|token| !token.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, token) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token.as_str())?;
        }
        Ok(())
    }
}

text_serde!(Scope, InvalidScope);

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_scope_is_a_set_of_tokens() {
        let scope: Scope = "profile openid  openid".parse().unwrap();
        assert_eq!(scope.to_string(), "openid profile");
        assert!(scope.contains("openid") && !scope.contains("email"));
        assert!("a\"b".parse::<Scope>().is_err());
        assert!("a\nb".parse::<Scope>().is_err());
        assert!("".parse::<Scope>().unwrap().is_empty());
    }
}
