use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Email, Line, Phone, Timestamp, UserId, Username, words::words};

words! {
    /// Whether a user may log in.
    UserStatus {
        /// May log in.
        Active "active",
        /// Deleted: absent but for an operator, who can restore it until it is purged.
        Deleted "deleted",
        /// Switched off by an operator: may not log in, and refreshes are refused.
        Disabled "disabled",
        /// Made by an operator, and has not set a password yet.
        Invited "invited",
        /// Shut out for now, for instance while an incident is looked into.
        Locked "locked",
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
    /// What is known of it beside.
    pub details: UserDetails,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl User {
    /// A new, active user of whom nothing is known but the name.
    #[must_use]
    pub fn new(id: UserId, username: Username, now: Timestamp) -> Self {
        Self {
            id,
            username,
            status: UserStatus::Active,
            details: UserDetails::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What is known of a user beside what it logs in with. It is stored as one JSON document.
#[derive(Clone, Debug, Default, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserDetails {
    /// Its e-mail addresses, each unique in the tenant; the first is the one it is written to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<EmailAddress>,
    /// Its phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// What it is called, and the like.
    pub profile: Profile,
    /// What the tenant keeps of its users, as the tenant's JSON Schema allows.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    /// Its ids in other systems, by the name of the system; each is unique in the tenant.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, String>,
    /// What apps keep of it and it may see.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub public_metadata: Map<String, Value>,
    /// What operators keep of it and only they see.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub private_metadata: Map<String, Value>,
    /// Whether its password has to be changed before the next tokens.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub password_change_required: bool,
}

/// An e-mail address of a user.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EmailAddress {
    /// The address.
    pub address: Email,
    /// Whether the user has proved that they read it.
    #[serde(default)]
    pub verified: bool,
}

/// Standard claims of OIDC Core §5.1.
#[derive(Clone, Debug, Default, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The whole name, as it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<Line>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<Line>,
    /// What friends call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<Line>,
    /// The URL of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Line>,
    /// The language, a tag of RFC 5646.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Line>,
    /// The time zone, a name of the IANA database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<Line>,
}
