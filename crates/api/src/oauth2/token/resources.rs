use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use iam_auth::AuthError;
use iam_model::ResourceUri;
use serde_json::Value;

use crate::oauth2::{
    client_call::ClientCall,
    refusal::{ErrorCode, Refusal},
};

impl ClientCall<'_> {
    /// The resources that are asked for (RFC 8707 §2).
    pub(super) fn resources(&self) -> Result<BTreeSet<ResourceUri>, Refusal> {
        let given = self.parameters.all("resource").map(str::parse);
        given
            .collect::<Result<_, _>>()
            .map_err(|_| Refusal::new(ErrorCode::InvalidTarget))
    }

    /// That the client may ask for tokens for `resources`, and for our issuer.
    pub(super) async fn ensure_may_ask_for(
        &self,
        resources: &BTreeSet<ResourceUri>,
    ) -> Result<(), Refusal> {
        let others: Vec<_> = resources
            .iter()
            .filter(|r| r.as_str() != self.issuer)
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        let id = self.credentials.client_id();
        let found = self.storage.principals().find_by_client(id).await;
        let (_, client) = found
            .map_err(AuthError::from)?
            .ok_or(AuthError::UnknownClient)?;
        let own = &client.details.resources;
        if others.into_iter().all(|resource| own.contains(resource)) {
            Ok(())
        } else {
            Err(Refusal::new(ErrorCode::InvalidTarget))
        }
    }
}

/// That tokens for `granted` are what a request for `resources` wants. Hydra issues tokens for all
/// that was granted and for nothing less, and a token for more than is asked for is none to give.
pub(super) fn ensure_granted<'a>(
    resources: &BTreeSet<ResourceUri>,
    granted: impl IntoIterator<Item = &'a str>,
) -> Result<(), Refusal> {
    let granted: BTreeSet<_> = granted.into_iter().collect();
    let asked: BTreeSet<_> = resources.iter().map(ResourceUri::as_str).collect();
    if asked.is_empty() || asked == granted {
        Ok(())
    } else {
        Err(Refusal::new(ErrorCode::InvalidTarget))
    }
}

/// The `aud` of an access token that comes from Hydra.
pub(super) fn audience(tokens: &Value) -> Vec<String> {
    let read = || {
        let payload = tokens["access_token"].as_str()?.split('.').nth(1)?;
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
        let mut claims: Value = serde_json::from_slice(&payload).ok()?;
        serde_json::from_value(claims["aud"].take()).ok()
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use iam_model::ResourceUri;

    use super::ensure_granted;

    #[test]
    fn tokens_are_for_exactly_what_was_granted() {
        let check = |asked: &[&str], granted: &[&str]| {
            let asked: BTreeSet<ResourceUri> = asked.iter().map(|r| r.parse().unwrap()).collect();
            ensure_granted(&asked, granted.iter().copied()).is_ok()
        };
        assert!(check(&[], &["urn:a", "urn:b"]));
        assert!(check(&["urn:b", "urn:a"], &["urn:a", "urn:b"]));
        assert!(!check(&["urn:a"], &["urn:a", "urn:b"]));
        assert!(!check(&["urn:c"], &["urn:a"]));
    }
}
