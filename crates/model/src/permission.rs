use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{InvalidName, Line, Timestamp, name::text_serde};

/// Something a subject may do, written `resource.action`; `resource.*` is every action on it.
///
/// Resources may nest (`dc.rack.read`). Each word is 1 or more of `a-z 0-9 _ -`; at most 128
/// characters in all.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Permission(String);

impl Permission {
    const MAX: usize = 128;

    /// The permission as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether who has this permission has `other` too: it is the same, or `dc.*` and `other` is
    /// anything below `dc`, as `dc.read`, `dc.rack.read` and `dc.rack.*` are.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match self.0.strip_suffix('*') {
            Some(resource) => other.0.starts_with(resource),
            None => self == other,
        }
    }

    /// Whether it stands for all actions on a resource.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.0.ends_with('*')
    }
}

/// A permission in a tenant's catalogue: what its roles can be made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CatalogueEntry {
    /// The permission; a wildcard stands in roles, not in the catalogue.
    pub permission: Permission,
    /// What it allows.
    pub description: Line,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

fn is_word(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

impl FromStr for Permission {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text.is_empty() {
            return Err(InvalidName::Empty);
        }
        if text.len() > Self::MAX {
            return Err(InvalidName::TooLong { max: Self::MAX });
        }
        let (resource, action) = text.rsplit_once('.').ok_or(InvalidName::Character)?;
        if resource.split('.').all(is_word) && (action == "*" || is_word(action)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::Character)
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(Permission, InvalidName);

#[cfg(test)]
mod tests {
    use super::Permission;

    #[test]
    fn a_wildcard_covers_what_is_below_its_resource() {
        let covers = |one: &str, other: &str| {
            let one: Permission = one.parse().unwrap();
            one.covers(&other.parse().unwrap())
        };
        for covered in ["dc.*", "dc.read", "dc.rack.read", "dc.rack.*"] {
            assert!(covers("dc.*", covered), "{covered}");
        }
        for other in ["dcx.read", "order.read", "d.c"] {
            assert!(!covers("dc.*", other), "{other}");
        }
        assert!(covers("dc.read", "dc.read") && !covers("dc.read", "dc.*"));
    }

    #[test]
    fn a_permission_is_a_resource_and_an_action() {
        for good in ["order.read", "dc.*", "dc.rack.read", "a_b.c-d"] {
            assert!(good.parse::<Permission>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "order",
            ".read",
            "order.",
            "*.read",
            "*",
            "Order.read",
            "order.re ad",
        ] {
            assert!(bad.parse::<Permission>().is_err(), "{bad}");
        }
    }
}
