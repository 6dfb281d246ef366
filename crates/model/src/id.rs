use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::Timestamp;

/// The text is not a UUID in its canonical, lower-case form.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not an id: expected a lower-case UUID")]
pub struct InvalidId;

fn parse(text: &str) -> Result<Uuid, InvalidId> {
    let id = Uuid::try_parse(text).map_err(|_| InvalidId)?;
    // One id has one spelling, or two rows could name the same thing.
    let mut canonical = Uuid::encode_buffer();
    if id.hyphenated().encode_lower(&mut canonical) == text {
        Ok(id)
    } else {
        Err(InvalidId)
    }
}

macro_rules! typed_id {
    ($(#[doc = $doc:literal] $name:ident;)+) => {$(
        #[doc = $doc]
        ///
        /// A UUIDv7 (RFC 9562 §5.7), so ids sort by the time they were made.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new id from the caller's clock and randomness.
            #[must_use]
            pub fn generate(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": "uuid" })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )+};
}

typed_id! {
    /// Names an API key of a tenant.
    ApiKeyId;
    /// Names an event of the audit log.
    AuditEventId;
    /// Names a credential of a user.
    CredentialId;
    /// Names a group of a tenant.
    GroupId;
    /// Names a message that is sent to a user.
    MessageId;
    /// Names a policy of a tenant, one of its versions.
    PolicyId;
    /// Names a role of a tenant.
    RoleId;
    /// Names a tenant; it never leaves the storage, where tokens carry the tenant's name.
    TenantId;
    /// Names a user; the `sub` of every token (OIDC Core §2).
    UserId;
}

#[cfg(test)]
mod tests {
    use super::{InvalidId, UserId};
    use crate::Timestamp;

    #[test]
    fn ids_made_later_sort_later() {
        let early = UserId::generate(Timestamp::from_millis(1_000), [0xff; 10]);
        let late = UserId::generate(Timestamp::from_millis(1_001), [0; 10]);
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id =
            UserId::generate(Timestamp::from_millis(1_700_000_000_000), [0xab; 10]).to_string();
        assert_eq!(
            id.parse::<UserId>().map(|id| id.to_string()),
            Ok(id.clone())
        );
        assert_eq!(id.to_uppercase().parse::<UserId>(), Err(InvalidId));
        assert_eq!(format!("{{{id}}}").parse::<UserId>(), Err(InvalidId));
    }
}
