use std::time::Duration;

use iam_model::{ClientId, Permission, RoleName, Scope, TenantName, Timestamp};
use serde::{Deserialize, de::IgnoredAny};

use super::InvalidToken;

/// How far the clocks of issuer and verifier may be apart (RFC 7519 §4.1.4).
const LEEWAY: Duration = Duration::from_secs(30);

/// What a token must say to be meant for us.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The `iss`, to the character.
    pub issuer: &'a str,
    /// What must be among the `aud`.
    pub audience: &'a str,
}

/// What a verified access token says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessToken {
    /// Who it is about.
    pub subject: String,
    /// The client it was issued to.
    pub client_id: ClientId,
    /// The tenant the subject belongs to.
    pub tenant: TenantName,
    /// The subject's roles in it.
    pub roles: Vec<RoleName>,
    /// What those roles allow.
    pub permissions: Vec<Permission>,
    /// The assurance level reached at login, `pwd` or `mfa`.
    pub acr: String,
    /// What was granted.
    pub scope: Scope,
    /// When it was issued, to the second.
    pub issued_at: Timestamp,
    /// When it expires, to the second.
    pub expires_at: Timestamp,
    /// Its own id.
    pub jwt_id: String,
}

/// The claims of an access token: those of RFC 9068 §2.2 and ours, none of which may be missing.
///
/// That is also what keeps ID tokens out, which have the same type, issuer and set of keys: they
/// lack `client_id`, `scope`, `roles` and `permissions`, and their audience is the client.
/// A claim that is there twice is refused (RFC 7519 §4).
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Seconds,
    nbf: Option<Seconds>,
    iat: Seconds,
    jti: String,
    client_id: ClientId,
    scope: Scope,
    tenant: TenantName,
    roles: Vec<RoleName>,
    permissions: Vec<Permission>,
    acr: String,
    act: Option<IgnoredAny>,
}

/// A `NumericDate` (RFC 7519 §2); our issuer writes whole seconds.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
struct Seconds(i64);

impl From<Seconds> for Timestamp {
    fn from(seconds: Seconds) -> Self {
        Self::from_millis(seconds.0.saturating_mul(1000))
    }
}

/// One, or any number (RFC 7519 §4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

impl Claims {
    /// What the token says, if it is meant for us (RFC 9068 §4) and its time has come and not gone.
    pub(super) fn check(
        self,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<AccessToken, InvalidToken> {
        if self.iss != expected.issuer {
            return Err(InvalidToken::Issuer);
        }
        if !self.aud.contains(expected.audience) {
            return Err(InvalidToken::Audience);
        }
        if self.act.is_some() {
            return Err(InvalidToken::Actor);
        }
        let (issued_at, expires_at) = (Timestamp::from(self.iat), Timestamp::from(self.exp));
        let from = self.nbf.map_or(issued_at, |nbf| issued_at.max(nbf.into()));
        if now >= expires_at.plus(LEEWAY) {
            return Err(InvalidToken::Expired);
        }
        if from > now.plus(LEEWAY) {
            return Err(InvalidToken::NotYetValid);
        }
        if self.sub.is_empty() || self.jti.is_empty() || issued_at > expires_at {
            return Err(InvalidToken::Claims);
        }
        Ok(AccessToken {
            subject: self.sub,
            client_id: self.client_id,
            tenant: self.tenant,
            roles: self.roles,
            permissions: self.permissions,
            acr: self.acr,
            scope: self.scope,
            issued_at,
            expires_at,
            jwt_id: self.jti,
        })
    }
}
