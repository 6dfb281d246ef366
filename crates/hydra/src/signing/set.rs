use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use iam_model::Timestamp;
use iam_security::{Es256Key, Es256PublicJwk, JwkSet};
use serde_json::{Value, json};

use super::kid::{Kid, Reason};
use crate::HydraError;

/// How long a key that no longer signs stays published: the longest life of a token, a day, and an
/// hour for clocks that differ and for requests that were under way.
const STAYS: Duration = Duration::from_hours(24 + 1);

/// What a key does now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyState {
    /// It is published and does not sign yet.
    Next,
    /// It signs.
    Active,
    /// It has signed, or was about to when an emergency put it out of use.
    Retired,
}

/// A key, without the key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SigningKeyStatus {
    /// What tokens call it.
    pub kid: String,
    /// What it does now.
    pub state: KeyState,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it signs, or when it is going to.
    pub signs_from: Timestamp,
    /// When another takes its place, or took it; `None` if none is there to.
    pub retires_at: Option<Timestamp>,
    /// From when on it may be removed; `None` if no other takes its place.
    pub removable_at: Option<Timestamp>,
}

/// The keys of an installation as private JWKs, in the order in which they come to sign. It has no
/// `Debug`.
pub(crate) struct SigningKeys(Vec<(Kid, Value)>);

impl SigningKeys {
    /// Those of ours among `keys`: a key with a name of another kind is not.
    pub(super) fn new(keys: Vec<Value>) -> Self {
        let ours = keys.into_iter().filter_map(|key| {
            let kid = key.get("kid")?.as_str()?.parse().ok()?;
            Some((kid, key))
        });
        let mut ours: Vec<(Kid, _)> = ours.collect();
        ours.sort_by_key(|(kid, _)| *kid);
        Self(ours)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last key that was made in an emergency. What is older counts for nothing from that
    /// moment on, whether it has been removed yet or not.
    pub(super) fn emergency(&self) -> Option<Kid> {
        let all = self.0.iter().map(|(kid, _)| *kid);
        all.filter(|kid| kid.reason == Reason::Emergency)
            .max_by_key(|kid| (kid.created_at, *kid))
    }

    /// The keys that count.
    fn valid(&self) -> impl Iterator<Item = (Kid, &Value)> {
        let emergency = self.emergency();
        let all = self.0.iter().map(|(kid, key)| (*kid, key));
        all.filter(move |(kid, _)| !is_revoked(*kid, emergency))
    }

    /// The key that signs at `now`: the last whose time has come. The first key of an installation
    /// does not wait for its time, since no token was signed with another.
    pub(super) fn signing(&self, now: Timestamp) -> Result<(Kid, &Value), HydraError> {
        let come = self.valid().filter(|(kid, _)| kid.signs_from <= now);
        come.last()
            .or_else(|| self.valid().next())
            .ok_or_else(|| HydraError::internal("no key to sign with"))
    }

    /// What signs at `now`.
    pub(crate) fn signer(&self, now: Timestamp) -> Result<Es256Key, HydraError> {
        let (_, jwk) = self.signing(now)?;
        Es256Key::from_jwk(jwk).ok_or_else(|| HydraError::internal("a signing key is unreadable"))
    }

    /// The keys that come to sign after the one that signs at `now`, the next first.
    pub(super) fn coming(&self, now: Timestamp) -> Vec<Kid> {
        let signing = self.signing(now).ok().map(|(kid, _)| kid);
        let valid = self.valid().map(|(kid, _)| kid);
        valid
            .filter(|kid| signing.is_some_and(|signing| *kid > signing))
            .collect()
    }

    fn after(&self, kid: Kid) -> Option<Kid> {
        let mut valid = self.valid().map(|(kid, _)| kid);
        valid.find(|other| *other > kid)
    }

    /// A name for a key that is newer than all others, even if the clocks of those who made them
    /// were ahead, and signs after them, `publish` from now at the earliest.
    pub(super) fn successor(&self, now: Timestamp, publish: Duration, random: [u8; 4]) -> Kid {
        let now = self.after_all(now);
        let last = self.0.last().map(|(kid, _)| kid.signs_from.plus(INSTANT));
        let signs_from = now.plus(publish);
        Kid::planned(
            now,
            last.map_or(signs_from, |last| signs_from.max(last)),
            random,
        )
    }

    /// A name for a key that replaces all others now.
    pub(super) fn replacement(&self, now: Timestamp, random: [u8; 4]) -> Kid {
        Kid::emergency(self.after_all(now), random)
    }

    fn after_all(&self, now: Timestamp) -> Timestamp {
        let newest = self.0.iter().map(|(kid, _)| kid.created_at).max();
        newest.map_or(now, |newest| now.max(newest.plus(INSTANT)))
    }

    /// The keys that nobody needs any more at `now`.
    pub(super) fn removable(&self, now: Timestamp) -> Vec<Kid> {
        let all = self.0.iter().map(|(kid, _)| *kid);
        all.filter(|kid| {
            self.end_of(*kid)
                .is_some_and(|(_, removable)| removable <= now)
        })
        .collect()
    }

    /// When `kid` ceases to sign, and from when on it may be removed.
    fn end_of(&self, kid: Kid) -> Option<(Timestamp, Timestamp)> {
        match self.emergency() {
            Some(last) if is_revoked(kid, Some(last)) => Some((last.created_at, last.created_at)),
            _ => self
                .after(kid)
                .map(|next| (next.signs_from, next.signs_from.plus(STAYS))),
        }
    }

    /// What each key does at `now`.
    pub(super) fn statuses(&self, now: Timestamp) -> Vec<SigningKeyStatus> {
        let active = self.signing(now).ok().map(|(kid, _)| kid);
        let emergency = self.emergency();
        let all = self.0.iter().map(|(kid, _)| *kid);
        all.map(|kid| SigningKeyStatus {
            kid: kid.to_string(),
            state: match active {
                Some(active) if kid == active => KeyState::Active,
                Some(active) if kid > active && !is_revoked(kid, emergency) => KeyState::Next,
                _ => KeyState::Retired,
            },
            created_at: kid.created_at,
            signs_from: match active {
                Some(active) if kid == active && kid.signs_from > now => kid.created_at,
                _ => kid.signs_from,
            },
            retires_at: self.end_of(kid).map(|(retires, _)| retires),
            removable_at: self.end_of(kid).map(|(_, removable)| removable),
        })
        .collect()
    }

    /// The JWK set (RFC 7517 §5) of those that are published.
    pub(crate) fn published(&self) -> Value {
        let valid = self.valid();
        let keys: Vec<_> = valid
            .filter_map(|(_, key)| Es256PublicJwk::of(key))
            .collect();
        json!({ "keys": keys })
    }

    /// The claims of an ID token that one of the published keys has signed.
    pub(super) fn id_token_claims(&self, token: &str) -> Option<Vec<u8>> {
        let keys: JwkSet = serde_json::from_value(self.published()).ok()?;
        let payload = iam_security::signed_payload(token, &keys).ok()?;
        let (header, _) = token.split_once('.')?;
        // An access token says that it is one (RFC 9068 §2.1).
        let header: Value = serde_json::from_slice(&decode(header)?).ok()?;
        (header["typ"] == "JWT").then(|| decode(payload)).flatten()
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

const INSTANT: Duration = Duration::from_millis(1);

/// Whether `emergency`, the last there was, has put `kid` out of use.
fn is_revoked(kid: Kid, emergency: Option<Kid>) -> bool {
    emergency.is_some_and(|last| (kid.created_at, kid) < (last.created_at, last))
}

#[cfg(test)]
mod tests;
