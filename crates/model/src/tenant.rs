use std::{fmt, str::FromStr};

use crate::{InvalidName, TenantId, TenantName, Timestamp};

/// Whether a tenant's users may log in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TenantStatus {
    /// They may.
    Active,
    /// They may not, until an operator activates the tenant again.
    Suspended,
}

impl TenantStatus {
    /// The status as it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl FromStr for TenantStatus {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            _ => Err(InvalidName::Character),
        }
    }
}

impl fmt::Display for TenantStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An organisation whose users, roles and clients are kept apart from every other's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, the `tenant` claim.
    pub name: TenantName,
    /// What people call it.
    pub display_name: String,
    /// Whether its users may log in.
    pub status: TenantStatus,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
