use std::{fmt, str::FromStr};

use crate::{InvalidName, Timestamp, UserId, Username};

/// Whether a user may log in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum UserStatus {
    /// May log in.
    Active,
    /// Switched off by an operator: may not log in, and refreshes are refused.
    Disabled,
    /// Shut out for now, for instance while an incident is looked into.
    Locked,
}

impl UserStatus {
    /// The status as it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Locked => "locked",
        }
    }
}

impl FromStr for UserStatus {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        match text {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            "locked" => Ok(Self::Locked),
            _ => Err(InvalidName::Character),
        }
    }
}

impl fmt::Display for UserStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person, or whatever else logs in with a credential of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct User {
    /// Its id, the `sub` of its tokens.
    pub id: UserId,
    /// Its login name, unique in its tenant.
    pub username: Username,
    /// Whether it may log in.
    pub status: UserStatus,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
