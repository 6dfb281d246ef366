use std::time::Duration;

use http::{Method, StatusCode};
use iam_config::SigningKeySettings;
use iam_platform::random;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    kid::Kid,
    set::{SigningKeyStatus, SigningKeys},
};
use crate::{
    Hydra, HydraError,
    http::{Outgoing, json},
};

/// The keys that tokens are signed with.
const SIGNING: &str = "iam.signing";

/// The set with whose newest key Hydra signs what it sends to clients itself: logout tokens (OIDC
/// Back-Channel Logout §2.4). It also verifies `id_token_hint` with it.
const ID_TOKENS: &str = "hydra.openid.id-token";

/// The set with whose newest key Hydra signs and verifies access tokens. They are signed anew
/// before a client sees them, so these keys are never published.
const ACCESS_TOKENS: &str = "hydra.jwt.access-token";

/// What a rotation came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rotation {
    /// The new key.
    pub kid: String,
    /// Whether this call made it; if not, it was there and had yet to come to sign.
    pub made: bool,
}

/// What was due.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Advance {
    /// The key that was made because the one that signs has reached its age.
    pub created: Option<String>,
    /// The key that Hydra was given for what it signs itself.
    pub activated: Option<String>,
    /// The keys that nobody needs any more and that are gone.
    pub removed: Vec<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Serialize)]
struct NewKey<'a> {
    alg: &'static str,
    r#use: &'static str,
    kid: &'a str,
}

impl Hydra {
    /// What each key does now.
    pub async fn signing_key_statuses(&self) -> Result<Vec<SigningKeyStatus>, HydraError> {
        let keys = self.signing_keys().await?;
        Ok(keys.statuses(self.platform.now()))
    }

    /// Makes the key that comes to sign next, once it has been published for long enough. If there
    /// is one already, that is the next: to ask twice is to ask once.
    pub async fn rotate_signing_key(
        &self,
        settings: &SigningKeySettings,
    ) -> Result<Rotation, HydraError> {
        let keys = self.signing_keys().await?;
        self.rotate(&keys, settings.publish).await
    }

    async fn rotate(&self, keys: &SigningKeys, publish: Duration) -> Result<Rotation, HydraError> {
        let now = self.platform.now();
        if let Some(next) = keys.coming(now).first() {
            let kid = next.to_string();
            return Ok(Rotation { kid, made: false });
        }
        let kid = keys.successor(now, publish, random(&*self.platform));
        self.make_key(SIGNING, kid).await?;
        // Of several at once the first to sign stays: it is the first to whoever sees it, and the
        // last who looks sees all. None of them signs for as long as it takes to be published.
        let next = self.signing_keys().await?.coming(self.platform.now());
        for surplus in next.iter().skip(1) {
            self.remove_key(SIGNING, &surplus.to_string()).await?;
        }
        let first = next.first().copied().unwrap_or(kid);
        Ok(Rotation {
            kid: first.to_string(),
            made: first == kid,
        })
    }

    /// Replaces all keys at once, for when one has leaked: from this moment on no token that was
    /// issued before verifies with what we publish.
    pub async fn replace_signing_keys(&self) -> Result<(Rotation, Advance), HydraError> {
        let keys = self.signing_keys().await?;
        let kid = keys.replacement(self.platform.now(), random(&*self.platform));
        // This one write is the whole of it. The rest tidies up and can be done by anybody.
        self.make_key(SIGNING, kid).await?;
        let done = self.settle().await?;
        let kid = kid.to_string();
        Ok((Rotation { kid, made: true }, done))
    }

    /// Does whatever is due: starts a rotation if the key that signs has reached its age, gives
    /// Hydra the key for what it signs itself, and removes keys that nobody needs any more. It can
    /// be called at any time, by any number of programs.
    pub async fn advance_signing_keys(
        &self,
        settings: &SigningKeySettings,
    ) -> Result<Advance, HydraError> {
        let now = self.platform.now();
        let keys = self.keys_or_first(settings.publish).await?;
        let (signing, _) = keys.signing(now)?;
        let old = settings
            .max_age
            .is_some_and(|max_age| signing.created_at.plus(max_age) <= now);
        let rotation = if old && keys.coming(now).is_empty() {
            Some(self.rotate(&keys, settings.publish).await?)
        } else {
            None
        };
        let done = self.settle().await?;
        Ok(Advance {
            created: rotation.filter(|new| new.made).map(|new| new.kid),
            ..done
        })
    }

    /// Makes the first key if there is none, and sees to it that Hydra has keys of its own. It is for
    /// the start of a program, before the first token.
    pub async fn ensure_signing_keys(
        &self,
        settings: &SigningKeySettings,
    ) -> Result<(), HydraError> {
        let keys = self.keys_or_first(settings.publish).await?;
        self.settle_access_tokens(&keys).await?;
        self.settle_id_tokens(&keys).await.map(|_| ())
    }

    /// Brings what is in Hydra to what the names of the keys say.
    async fn settle(&self) -> Result<Advance, HydraError> {
        let now = self.platform.now();
        let keys = self.signing_keys().await?;
        self.settle_access_tokens(&keys).await?;
        // Hydra lets go of a key before it is gone from what we publish.
        let activated = self.settle_id_tokens(&keys).await?;
        let mut removed = Vec::new();
        for kid in keys.removable(now) {
            let kid = kid.to_string();
            self.remove_key(SIGNING, &kid).await?;
            removed.push(kid);
        }
        Ok(Advance {
            created: None,
            activated,
            removed,
        })
    }

    /// Hydra has one key for what it signs itself: the one that signs.
    async fn settle_id_tokens(&self, keys: &SigningKeys) -> Result<Option<String>, HydraError> {
        let (signing, jwk) = keys.signing(self.platform.now())?;
        let signing = signing.to_string();
        let there = self.key_set(ID_TOKENS).await?;
        let newest = there.first().and_then(kid);
        let activated = newest != Some(&signing);
        if activated {
            self.put_key(ID_TOKENS, &signing, jwk).await?;
        }
        for other in there.iter().filter_map(kid).filter(|kid| **kid != signing) {
            self.remove_key(ID_TOKENS, other).await?;
        }
        Ok(activated.then_some(signing))
    }

    /// Hydra has an ES256 key for access tokens: it otherwise makes an RSA key, which costs each
    /// login half as much CPU again. In an emergency it gets another, by which it no longer knows
    /// the tokens that were issued before.
    async fn settle_access_tokens(&self, keys: &SigningKeys) -> Result<(), HydraError> {
        let there = self.key_set(ACCESS_TOKENS).await?;
        let made_at = |kid: &str| kid.parse().map(|kid: Kid| kid.created_at);
        let newest = there.first().and_then(kid).map(made_at);
        let outdated = keys.emergency().is_some_and(
            |emergency| !matches!(newest, Some(Ok(made)) if made >= emergency.created_at),
        );
        if newest.is_some() && !outdated {
            return Ok(());
        }
        let new = keys.replacement(self.platform.now(), random(&*self.platform));
        self.make_key(ACCESS_TOKENS, new).await?;
        for old in there.iter().filter_map(kid) {
            self.remove_key(ACCESS_TOKENS, old).await?;
        }
        Ok(())
    }

    /// The keys to sign with; the first is made when it is needed.
    pub(crate) async fn signing_keys(&self) -> Result<SigningKeys, HydraError> {
        self.keys_or_first(SigningKeySettings::default().publish)
            .await
    }

    /// The keys. If there is none and two make the first at once, the later key is published before
    /// it signs.
    async fn keys_or_first(&self, publish: Duration) -> Result<SigningKeys, HydraError> {
        let keys = SigningKeys::new(self.key_set(SIGNING).await?);
        if !keys.is_empty() {
            return Ok(keys);
        }
        let first = keys.successor(self.platform.now(), publish, random(&*self.platform));
        self.make_key(SIGNING, first).await?;
        Ok(SigningKeys::new(self.key_set(SIGNING).await?))
    }

    /// The keys that Hydra verifies an `id_token_hint` with, of which it takes the first.
    pub(super) async fn id_token_keys(&self) -> Result<Vec<Value>, HydraError> {
        self.key_set(ID_TOKENS).await
    }

    /// The keys of a set, the newest first; none if there is no such set.
    async fn key_set(&self, set: &str) -> Result<Vec<Value>, HydraError> {
        let path = format!("/admin/keys/{set}");
        let request = Outgoing::get(&path, &[]);
        let response = self.send(&self.settings.admin, request).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Vec::new());
        }
        let set: KeySet = json(&path, &response)?;
        Ok(set.keys)
    }

    /// Hydra makes a key and keeps it, encrypted.
    async fn make_key(&self, set: &str, kid: Kid) -> Result<(), HydraError> {
        let path = format!("/admin/keys/{set}");
        let key = NewKey {
            alg: "ES256",
            r#use: "sig",
            kid: &kid.to_string(),
        };
        let _: Value = self.admin(Method::POST, &path, &key).await?;
        Ok(())
    }

    /// Gives Hydra a key, which from then on is the newest of its set.
    async fn put_key(&self, set: &str, kid: &str, jwk: &Value) -> Result<(), HydraError> {
        let path = format!("/admin/keys/{set}/{kid}");
        let request = Outgoing {
            method: Method::PUT,
            path: &path,
            headers: &[("content-type", "application/json")],
            body: jwk.to_string().into(),
        };
        let response = self.send(&self.settings.admin, request).await?;
        // Another has put the same key there at the same time.
        if response.status() == StatusCode::CONFLICT {
            return Ok(());
        }
        json::<Value>(&path, &response).map(|_| ())
    }

    async fn remove_key(&self, set: &str, kid: &str) -> Result<(), HydraError> {
        self.delete(&format!("/admin/keys/{set}/{kid}")).await
    }
}

fn kid(jwk: &Value) -> Option<&str> {
    jwk.get("kid")?.as_str()
}
