use std::borrow::Cow;

use futures_util::join;
use iam_security::Es256Key;
use url::form_urlencoded;

use super::tokens::sign_jwt;
use crate::{Hydra, HydraError};

const HINT: &str = "id_token_hint";

impl Hydra {
    /// `query`, in which an ID token of ours as `id_token_hint` (OIDC Core §3.1.2.1, RP-Initiated
    /// Logout §2) is one that Hydra takes: it verifies a hint with the newest of its keys alone. A
    /// hint that is not ours, or whose key is no longer published, stays for Hydra to refuse; one
    /// that has expired is still a hint.
    pub(crate) async fn with_hydras_hint<'a>(
        &self,
        query: &'a str,
    ) -> Result<Cow<'a, str>, HydraError> {
        let hints = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == HINT);
        if hints.count() == 0 {
            return Ok(Cow::Borrowed(query));
        }
        let (keys, hydras) = join!(self.signing_keys(), self.id_token_keys());
        let (keys, hydras) = (keys?, hydras?);
        let key = hydras.first().and_then(Es256Key::from_jwk);
        let key = key.ok_or_else(|| HydraError::internal("Hydra has no key for ID tokens"))?;
        let mut replaced = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let claims = (name == HINT).then(|| keys.id_token_claims(&value));
            match claims.flatten() {
                Some(claims) => replaced.append_pair(&name, &sign_jwt(&claims, &key)),
                None => replaced.append_pair(&name, &value),
            };
        }
        Ok(Cow::Owned(replaced.finish()))
    }
}
