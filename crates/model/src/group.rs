use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{GroupId, InvalidName, Line, Timestamp, name::text_serde};

/// A group's name, unique in its tenant, compared exactly: 1 to 128 characters, no control
/// characters, no `/`, no space at either end.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct GroupName(String);

impl GroupName {
    const MAX: usize = 128;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GroupName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text.is_empty() {
            return Err(InvalidName::Empty);
        }
        if text.chars().count() > Self::MAX {
            return Err(InvalidName::TooLong { max: Self::MAX });
        }
        if text.trim() != text || text.chars().any(|c| c.is_control() || c == '/') {
            return Err(InvalidName::Character);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(GroupName, InvalidName);

/// A set of users that are given roles together. Who is in a group has the roles of the groups
/// above it too.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
    /// What it is for.
    pub description: Line,
    /// The group it is part of.
    pub parent: Option<GroupId>,
    /// Counts its changes, from 1; its members and roles are not part of it.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::GroupName;

    #[test]
    fn a_group_name_is_one_step_of_a_path() {
        for good in ["eng", "Büro Köln", "R&D"] {
            assert!(good.parse::<GroupName>().is_ok(), "{good}");
        }
        for bad in ["", " eng", "a/b", "a\nb", &"x".repeat(129)] {
            assert!(bad.parse::<GroupName>().is_err(), "{bad}");
        }
    }
}
