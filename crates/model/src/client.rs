use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{InvalidName, RedirectUri, Scope, TenantId, Timestamp, name::text_serde};

/// An OAuth 2.0 `client_id`: 1 to 64 of `A-Z a-z 0-9 . _ ~ -`, so that it never needs escaping.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    const MAX: usize = 64;

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
        match text {
            "" => Err(InvalidName::Empty),
            _ if text.len() > Self::MAX => Err(InvalidName::TooLong { max: Self::MAX }),
            _ if text.bytes().all(allowed) => Ok(Self(text.to_owned())),
            _ => Err(InvalidName::Character),
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(ClientId, InvalidName);

/// What we know of an OAuth 2.0 client beside what Hydra keeps of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Client {
    /// Its id, the same as in Hydra.
    pub id: ClientId,
    /// The tenant whose users may log in through it.
    pub tenant_id: TenantId,
    /// Whether it may send a password itself (direct login).
    pub first_party: bool,
    /// Where Hydra sends the code; direct login uses it inside the server only.
    pub redirect_uri: RedirectUri,
    /// The most it may ask for.
    pub scope: Scope,
    /// The login page of its own that a browser is sent to.
    pub login_uri: Option<RedirectUri>,
    /// When it was made.
    pub created_at: Timestamp,
}
