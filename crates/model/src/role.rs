use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{InvalidName, Line, Permission, RoleId, Timestamp, name::text_serde};

/// A role's name, unique in its tenant: 1 to 64 of `a-z 0-9 _ - . :`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(String);

impl RoleName {
    const MAX: usize = 64;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoleName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.:".contains(&b);
        match text {
            "" => Err(InvalidName::Empty),
            _ if text.len() > Self::MAX => Err(InvalidName::TooLong { max: Self::MAX }),
            _ if text.bytes().all(allowed) => Ok(Self(text.to_owned())),
            _ => Err(InvalidName::Character),
        }
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(RoleName, InvalidName);

/// A named set of permissions that a tenant gives to its users and groups.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its name, unique in the tenant; the text in the `roles` claim.
    pub name: RoleName,
    /// What it is for.
    pub description: Line,
    /// What it allows by itself, sorted and without repeats.
    pub permissions: Vec<Permission>,
    /// The roles it includes: who has this one has those too. Sorted, without repeats or cycles.
    pub includes: Vec<RoleId>,
    /// The roles that its holders may give to others (delegated administration). Sorted.
    pub assignable: Vec<RoleId>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Role {
    /// A new role that allows `permissions`.
    #[must_use]
    pub fn new(id: RoleId, name: RoleName, permissions: Vec<Permission>, now: Timestamp) -> Self {
        let permissions: BTreeSet<_> = permissions.into_iter().collect();
        Self {
            id,
            name,
            description: Line::default(),
            permissions: permissions.into_iter().collect(),
            includes: Vec::new(),
            assignable: Vec::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}
