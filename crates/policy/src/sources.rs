//! The values that claims are made of.

use iam_model::{ClaimSource, KnownSource, Principal, Scope};
use serde_json::{Map, Value, json};

/// The value of `source`; `None` if nothing is known.
pub(crate) fn value(principal: &Principal, source: &ClaimSource) -> Option<Value> {
    let details = &principal.user.details;
    match source {
        ClaimSource::Attribute(name) => details.attributes.get(name).cloned(),
        ClaimSource::Known(known) => self::known(principal, *known),
        ClaimSource::PublicMetadata(name) => details.public_metadata.get(name).cloned(),
    }
}

fn known(principal: &Principal, source: KnownSource) -> Option<Value> {
    let user = &principal.user;
    let profile = &user.details.profile;
    let email = user.details.emails.first();
    let line = match source {
        KnownSource::Email => return Some(json!(email?.address)),
        KnownSource::EmailVerified => return Some(json!(email?.verified)),
        KnownSource::Groups => return Some(json!(principal.groups)),
        KnownSource::Permissions => return Some(json!(principal.permissions)),
        KnownSource::Phone => return Some(json!(user.details.phone.as_ref()?)),
        KnownSource::Roles => return Some(json!(principal.roles)),
        KnownSource::TenantDisplayName => return Some(json!(principal.tenant.display_name)),
        KnownSource::Username => return Some(json!(user.username)),
        KnownSource::FamilyName => &profile.family_name,
        KnownSource::GivenName => &profile.given_name,
        KnownSource::Locale => &profile.locale,
        KnownSource::Name => &profile.name,
        KnownSource::Nickname => &profile.nickname,
        KnownSource::Picture => &profile.picture,
        KnownSource::Zoneinfo => &profile.zoneinfo,
    };
    Some(json!(line.as_ref()?))
}

/// The claims that OIDC Core §5.4 has for scopes.
const STANDARD: [(&str, &str, KnownSource); 11] = [
    ("email", "email", KnownSource::Email),
    ("email", "email_verified", KnownSource::EmailVerified),
    ("phone", "phone_number", KnownSource::Phone),
    ("profile", "family_name", KnownSource::FamilyName),
    ("profile", "given_name", KnownSource::GivenName),
    ("profile", "locale", KnownSource::Locale),
    ("profile", "name", KnownSource::Name),
    ("profile", "nickname", KnownSource::Nickname),
    ("profile", "picture", KnownSource::Picture),
    ("profile", "preferred_username", KnownSource::Username),
    ("profile", "zoneinfo", KnownSource::Zoneinfo),
];

/// What an ID token says where `scope` is granted, but for the claims that are `mapped`.
pub(crate) fn standard(
    principal: &Principal,
    scope: &Scope,
    mapped: impl Fn(&str) -> bool,
) -> Map<String, Value> {
    let granted = STANDARD
        .iter()
        .filter(|(of, claim, _)| scope.contains(of) && !mapped(claim));
    granted
        .filter_map(|(_, claim, source)| {
            let value = known(principal, *source)?;
            Some(((*claim).to_owned(), value))
        })
        .collect()
}
