use std::str::FromStr;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use iam_model::{ApiKeyDigest, ApiKeyId, Secret};
use iam_platform::Platform;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::random_token;

const PREFIX: &str = "iam_";
const ID: usize = 32;
const RANDOM: usize = 43;
const CHECKSUM: usize = 6;
const LENGTH: usize = PREFIX.len() + ID + 1 + RANDOM + CHECKSUM;

/// The text is not an API key; of no text is it said why.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not an API key")]
pub struct InvalidApiKey;

/// An API key, as its holder has it: 86 characters,
///
/// ```text
/// iam_01890a5dac96774bbcceb302099a8057_jXz…43 characters…kQ2wI4Xe
/// └┬─┘└──────────────┬───────────────┘ └─────────┬────────┘└─┬──┘
/// prefix             id                        random     checksum
/// ```
///
/// - The prefix and the checksum are for secret scanners: they know a key at sight, and with the
///   checksum tell it offline from text that only looks like one. The checksum is the CRC-32 of
///   all before it, in six digits of base62 (`0-9A-Za-z`), as in the tokens of GitHub.
/// - The id, in hexadecimal without hyphens, finds the key in the database; it is no secret.
/// - The random part is 256 bits in base64url (RFC 4648 §5).
///
/// What is stored is the [`digest`](Self::digest). A slow hash such as Argon2 protects what people
/// choose, since it can be guessed; 256 random bits cannot, so SHA-256 does, at every request.
#[derive(Clone, Debug)]
pub struct ApiKeySecret {
    id: ApiKeyId,
    text: Secret<String>,
}

impl ApiKeySecret {
    /// A new secret for the key `id`.
    #[must_use]
    pub fn generate(platform: &dyn Platform, id: ApiKeyId) -> Self {
        let random = random_token(platform);
        // All at once, so that no shorter copy is left in memory.
        let mut text = String::with_capacity(LENGTH);
        text.push_str(PREFIX);
        text.extend(id.to_string().chars().filter(|&c| c != '-'));
        text.push('_');
        text.push_str(random.expose());
        let checksum = checksum(&text);
        text.extend(checksum.map(char::from));
        Self {
            id,
            text: text.into(),
        }
    }

    /// Which key it is of.
    #[must_use]
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// The key itself, to be shown once.
    #[must_use]
    pub const fn expose(&self) -> &Secret<String> {
        &self.text
    }

    /// The SHA-256 of all of it.
    #[must_use]
    pub fn digest(&self) -> ApiKeyDigest {
        ApiKeyDigest::new(Sha256::digest(self.text.expose().as_bytes()).into())
    }

    /// Whether it is the key with this digest, compared in constant time.
    #[must_use]
    pub fn matches(&self, digest: &ApiKeyDigest) -> bool {
        let ours = self.digest();
        ours.as_str()
            .as_bytes()
            .ct_eq(digest.as_str().as_bytes())
            .into()
    }
}

impl FromStr for ApiKeySecret {
    type Err = InvalidApiKey;

    fn from_str(text: &str) -> Result<Self, InvalidApiKey> {
        parse(text).ok_or(InvalidApiKey)
    }
}

fn parse(text: &str) -> Option<ApiKeySecret> {
    if text.len() != LENGTH || !text.is_ascii() {
        return None;
    }
    let (body, sum) = text.split_at_checked(LENGTH - CHECKSUM)?;
    let (id, random) = body.strip_prefix(PREFIX)?.split_at_checked(ID)?;
    let random = BASE64_URL_SAFE_NO_PAD.decode(random.strip_prefix('_')?);
    // A key has one spelling: the decoder refuses bits beyond the 256.
    random.ok().map(Secret::new)?;
    if sum.as_bytes() != checksum(body) {
        return None;
    }
    Some(ApiKeySecret {
        id: hyphenated(id)?.parse().ok()?,
        text: text.to_owned().into(),
    })
}

/// The id in its canonical form (RFC 9562 §4).
fn hyphenated(id: &str) -> Option<String> {
    let (time, rest) = id.split_at_checked(8)?;
    let (time_low, rest) = rest.split_at_checked(4)?;
    let (version, rest) = rest.split_at_checked(4)?;
    let (variant, node) = rest.split_at_checked(4)?;
    Some([time, time_low, version, variant, node].join("-"))
}

/// The CRC-32 of `body` in base62, with leading zeros.
fn checksum(body: &str) -> [u8; CHECKSUM] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC).checksum(body.as_bytes());
    let mut digits = [0; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use bytes::Bytes;
    use http::{Request, Response};
    use iam_model::{ApiKeyDigest, ApiKeyId, Timestamp};
    use iam_platform::{FetchError, Platform};

    use super::{ApiKeySecret, InvalidApiKey};

    /// A host with one answer to a wish for randomness.
    struct Host(u8);

    #[async_trait(?Send)]
    impl Platform for Host {
        async fn fetch(&self, _: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
            Err(FetchError::Timeout)
        }
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(0)
        }
        fn fill_random(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
        fn log(&self, _: &str) {}
    }

    fn id() -> ApiKeyId {
        "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
    }

    fn key(random: u8) -> ApiKeySecret {
        ApiKeySecret::generate(&Host(random), id())
    }

    // The checksum was computed with Python's zlib.crc32, the digest with its hashlib.
    const KEY: &str = "iam_01890a5dac96774bbcceb302099a8057_\
                       BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc3uZ4HD";
    const DIGEST: &str = "fb89e9d29508d74bf3a145ee4db004aee5e773c74c4cc08a20257a9fafa8a0dd";

    #[test]
    fn a_key_says_what_it_is_whose_it_is_and_that_it_is_whole() {
        assert_eq!(key(7).expose().expose(), KEY);
        assert_eq!(key(7).digest().as_str(), DIGEST);
    }

    #[test]
    fn a_key_is_read_back_as_it_was_made() {
        let parsed: ApiKeySecret = KEY.parse().unwrap();
        assert_eq!(parsed.id(), id());
        assert!(parsed.matches(&key(7).digest()));
        assert!(!parsed.matches(&key(8).digest()));
        assert!(!parsed.matches(&ApiKeyDigest::new([0; 32])));
    }

    #[test]
    fn one_character_more_less_or_other_makes_it_no_key() {
        for at in 0..KEY.len() {
            for other in ["", "a", "Z", "_", "-", "\u{e4}", "AA"] {
                let text = format!("{}{other}{}", &KEY[..at], &KEY[at + 1..]);
                if text != KEY {
                    assert_eq!(text.parse::<ApiKeySecret>().unwrap_err(), InvalidApiKey);
                }
            }
        }
        for text in [
            "",
            "iam_",
            &KEY.to_uppercase(),
            &format!("{KEY}A"),
            &format!(" {KEY}"),
        ] {
            assert!(text.parse::<ApiKeySecret>().is_err(), "{text}");
        }
    }

    #[test]
    fn debug_output_hides_the_key() {
        let shown = format!("{:?}", key(7));
        assert!(!shown.contains("BwcH"), "{shown}");
    }
}
