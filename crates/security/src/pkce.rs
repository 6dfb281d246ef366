use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use iam_model::Secret;
use iam_platform::Platform;
use sha2::{Digest, Sha256};

use crate::random_token;

/// A PKCE verifier with its S256 challenge (RFC 7636 §4.1, §4.2).
#[derive(Debug)]
pub struct Pkce {
    /// What the client keeps to itself until the token request.
    pub verifier: Secret<String>,
    /// What it sends in the authorization request.
    pub challenge: String,
}

impl Pkce {
    /// A new verifier of 256 bits.
    #[must_use]
    pub fn generate(platform: &dyn Platform) -> Self {
        Self::of(random_token(platform))
    }

    fn of(verifier: Secret<String>) -> Self {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()));
        Self {
            verifier,
            challenge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pkce;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let pkce = Pkce::of(
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
                .to_owned()
                .into(),
        );
        assert_eq!(
            pkce.challenge,
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
