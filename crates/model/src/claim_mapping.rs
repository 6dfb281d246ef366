use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;

use crate::{ScopeToken, name::text_serde, words::words};

/// The text is not the name of a claim, or not a source of one.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum InvalidClaim {
    /// Not a name: 1 to 64 of `A-Z a-z 0-9 _ - . : /`.
    #[error("is not a claim name: 1 to 64 of A-Z a-z 0-9 _ - . : /")]
    Name,
    /// A name that has a meaning already.
    #[error("is reserved; roles can be mapped from roles only, and permissions from permissions")]
    Reserved,
    /// Not something that is known of a subject.
    #[error(
        "is not a source: one of user.username, user.email, user.email_verified, user.phone, \
         user.name, user.given_name, user.family_name, user.nickname, user.picture, user.locale, \
         user.zoneinfo, user.attributes.<name>, user.public_metadata.<name>, \
         tenant.display_name, groups, roles, permissions"
    )]
    Source,
}

/// The name of a claim (RFC 7519 §4).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClaimName(String);

impl ClaimName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether only we may set it: what a token is worth depends on it.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        RESERVED.contains(&self.as_str()) || self.0.starts_with("tenant_")
    }
}

/// Claims with a meaning in JWTs (RFC 7519 §4.1), access tokens (RFC 9068 §2.2, RFC 8693 §4,
/// RFC 7800 §3.1), ID tokens (OIDC Core §2, §3.3.2.11, FAPI 2.0) and logout (OIDC Front-Channel
/// Logout §3), and those of ours and of Hydra.
const RESERVED: [&str; 31] = [
    "acr",
    "act",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "authorization_details",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "events",
    "exp",
    "ext",
    "iat",
    "iss",
    "jti",
    "may_act",
    "nbf",
    "nonce",
    "permissions",
    "rat",
    "roles",
    "s_hash",
    "scope",
    "scp",
    "sid",
    "sub",
    "sub_jwk",
    "tenant",
    "typ",
];

impl FromStr for ClaimName {
    type Err = InvalidClaim;

    fn from_str(text: &str) -> Result<Self, InvalidClaim> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b);
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidClaim::Name)
        }
    }
}

impl fmt::Display for ClaimName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(ClaimName, InvalidClaim);

/// Where the value of a claim comes from.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum ClaimSource {
    /// An attribute of the user, `user.attributes.<name>`.
    Attribute(String),
    /// One of the fixed sources, such as `user.email` or `groups`.
    Known(KnownSource),
    /// A part of the user's public metadata, `user.public_metadata.<name>`.
    PublicMetadata(String),
}

words! {
    /// A source that every subject has.
    KnownSource {
        /// The user's first e-mail address.
        Email "user.email",
        /// Whether that address is verified.
        EmailVerified "user.email_verified",
        /// The family name.
        FamilyName "user.family_name",
        /// The given name.
        GivenName "user.given_name",
        /// The paths of the user's groups.
        Groups "groups",
        /// The language.
        Locale "user.locale",
        /// The whole name.
        Name "user.name",
        /// The nickname.
        Nickname "user.nickname",
        /// What the roles allow.
        Permissions "permissions",
        /// The phone number.
        Phone "user.phone",
        /// The URL of a picture.
        Picture "user.picture",
        /// The roles.
        Roles "roles",
        /// What people call the tenant.
        TenantDisplayName "tenant.display_name",
        /// The login name.
        Username "user.username",
        /// The time zone.
        Zoneinfo "user.zoneinfo",
    }
}

const ATTRIBUTES: &str = "user.attributes.";
const PUBLIC_METADATA: &str = "user.public_metadata.";

impl FromStr for ClaimSource {
    type Err = InvalidClaim;

    fn from_str(text: &str) -> Result<Self, InvalidClaim> {
        let named = |name: &str| {
            let fits = (1..=64).contains(&name.chars().count());
            fits.then(|| name.to_owned()).ok_or(InvalidClaim::Source)
        };
        if let Some(name) = text.strip_prefix(ATTRIBUTES) {
            return named(name).map(Self::Attribute);
        }
        if let Some(name) = text.strip_prefix(PUBLIC_METADATA) {
            return named(name).map(Self::PublicMetadata);
        }
        let known = text.parse().map_err(|_| InvalidClaim::Source)?;
        Ok(Self::Known(known))
    }
}

impl fmt::Display for ClaimSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(f, "{ATTRIBUTES}{name}"),
            Self::Known(known) => known.fmt(f),
            Self::PublicMetadata(name) => write!(f, "{PUBLIC_METADATA}{name}"),
        }
    }
}

text_serde!(ClaimSource, InvalidClaim);

words! {
    /// Which tokens a claim is put into.
    ClaimToken {
        /// The access token.
        Access "access",
        /// Both.
        Both "both",
        /// The ID token.
        Id "id",
    }
}

/// Puts a claim into the tokens of one client where a scope is granted.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimMapping {
    /// The scope that has to be granted.
    pub scope: ScopeToken,
    /// The claim.
    pub claim: ClaimName,
    /// Where its value comes from.
    pub source: ClaimSource,
    /// Which tokens it is put into.
    pub token: ClaimToken,
}

impl ClaimMapping {
    /// Whether its claim may be set from its source: a reserved one may not, but for `roles` and
    /// `permissions` from what they are.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        let own = match &self.source {
            ClaimSource::Known(KnownSource::Permissions) => "permissions",
            ClaimSource::Known(KnownSource::Roles) => "roles",
            _ => "",
        };
        self.claim.as_str() == own || !self.claim.is_reserved()
    }
}

/// A mapping as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    scope: ScopeToken,
    claim: ClaimName,
    source: ClaimSource,
    token: ClaimToken,
}

impl<'de> Deserialize<'de> for ClaimMapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Unchecked::deserialize(deserializer)?;
        let mapping = Self {
            scope: written.scope,
            claim: written.claim,
            source: written.source,
            token: written.token,
        };
        let allowed = Some(mapping).filter(Self::is_allowed);
        allowed.ok_or_else(|| de::Error::custom(InvalidClaim::Reserved))
    }
}

#[cfg(test)]
mod tests {
    use super::{ClaimMapping, ClaimName, ClaimSource};

    #[test]
    fn a_source_is_spelled_as_it_is_parsed() {
        for good in [
            "user.email",
            "roles",
            "user.attributes.cost center",
            "user.public_metadata.x",
        ] {
            let source: ClaimSource = good.parse().unwrap();
            assert_eq!(source.to_string(), good);
        }
        for bad in [
            "",
            "user",
            "user.password",
            "user.attributes.",
            "user.private_metadata.x",
        ] {
            assert!(bad.parse::<ClaimSource>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_claim_name_is_short_and_plain() {
        assert!(
            "https://acme.example/cost_center"
                .parse::<ClaimName>()
                .is_ok()
        );
        assert!("a b".parse::<ClaimName>().is_err());
    }

    #[test]
    fn a_reserved_claim_is_what_it_always_is() {
        let mapping = |claim: &str, source: &str| {
            let json =
                format!(r#"{{"scope":"a","claim":"{claim}","source":"{source}","token":"both"}}"#);
            serde_json::from_str::<ClaimMapping>(&json)
        };
        assert!(mapping("roles", "roles").is_ok());
        assert!(mapping("permissions", "permissions").is_ok());
        assert!(mapping("teams", "roles").is_ok());
        for (claim, source) in [
            ("roles", "groups"),
            ("permissions", "roles"),
            ("sub", "user.username"),
            ("tenant", "tenant.display_name"),
            ("tenant_id", "user.username"),
        ] {
            let error = mapping(claim, source).unwrap_err().to_string();
            assert!(error.contains("is reserved"), "{claim}: {error}");
        }
    }

    #[test]
    fn a_mapping_with_a_field_too_many_is_refused() {
        let mapping = r#"{"scope":"a","claim":"b","source":"roles","token":"both","x":1}"#;
        assert!(serde_json::from_str::<ClaimMapping>(mapping).is_err());
    }
}
