use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use iam_model::Secret;
use iam_platform::{Platform, random};

/// A token of 256 random bits in 43 URL-safe characters.
#[must_use]
pub fn random_token(platform: &dyn Platform) -> Secret<String> {
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(random::<32>(platform)))
}
