use std::time::Duration;

use iam_model::{CodePurpose, OneTimeCode, OneTimeCodeDigest, RedirectUri, Secret, UserId};
use iam_platform::Platform;
use iam_security::random_token;
use sha2::{Digest, Sha256};
use url::Url;

/// A new one-time code of 256 random bits.
pub struct IssuedCode {
    /// The code, for the message alone.
    pub code: Secret<String>,
    /// What is kept of it, for [`Change::issued`](iam_storage_ports::Change::issued).
    pub record: OneTimeCode,
}

impl IssuedCode {
    /// A code that lets `user` do what `purpose` says until `expires_in` has passed. It proves
    /// that they read what is sent to `address`, if there is one.
    #[must_use]
    pub fn new(
        platform: &dyn Platform,
        user: UserId,
        purpose: CodePurpose,
        address: Option<String>,
        expires_in: Duration,
    ) -> Self {
        let (code, now) = (random_token(platform), platform.now());
        let record = OneTimeCode {
            digest: code_digest(code.expose()),
            purpose,
            user_id: user,
            address,
            expires_at: now.plus(expires_in),
            created_at: now,
        };
        Self { code, record }
    }
}

/// What a code of [`IssuedCode`] is found by.
#[must_use]
pub fn code_digest(code: &str) -> OneTimeCodeDigest {
    OneTimeCodeDigest::new(Sha256::digest(code).into())
}

/// The link to `page` that brings `code` with it.
#[must_use]
pub fn link(page: &RedirectUri, code: &Secret<String>) -> Option<Secret<String>> {
    let mut url = Url::parse(page.as_str()).ok()?;
    url.query_pairs_mut().append_pair("code", code.expose());
    Some(Secret::new(url.into()))
}

#[cfg(test)]
mod tests {
    use iam_model::Secret;

    use super::link;

    #[test]
    fn a_link_keeps_what_the_page_has() {
        let link = |page: &str| {
            let page = page.parse().unwrap();
            let link = link(&page, &Secret::new("a_B-1".to_owned())).unwrap();
            link.expose().clone()
        };
        assert_eq!(
            link("https://a.example/in"),
            "https://a.example/in?code=a_B-1"
        );
        assert_eq!(
            link("https://a.example/?x=1&y=%20"),
            "https://a.example/?x=1&y=%20&code=a_B-1"
        );
        assert_eq!(
            link("com.example.app:/in"),
            "com.example.app:/in?code=a_B-1"
        );
    }
}
