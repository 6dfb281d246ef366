mod claims;
mod header;
mod jwk;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claims::Claims;
pub use claims::{AccessToken, Expected};
use header::Header;
use iam_model::Timestamp;
pub use jwk::JwkSet;
use p256::ecdsa::Signature;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// The longest token that is looked at, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// Why a token is refused. It says nothing of what is in the token.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum InvalidToken {
    /// Of somebody who acts in another's name (RFC 8693 §4.1): it is for services, and nobody
    /// administers, or changes an account, as another.
    #[error("the token is of who acts for another")]
    Actor,
    /// Not signed with ES256.
    #[error("the token's algorithm is not ES256")]
    Algorithm,
    /// For somebody else.
    #[error("the token is not for this audience")]
    Audience,
    /// A claim that every access token has is missing or malformed.
    #[error("the token lacks a claim of an access token, or has it in another form")]
    Claims,
    /// It says that it must not be accepted by whoever does not know some extension.
    #[error("the token needs an extension that is not known here")]
    Critical,
    /// It has expired.
    #[error("the token has expired")]
    Expired,
    /// Somebody else's.
    #[error("the token is not of this issuer")]
    Issuer,
    /// Not a JWS in compact serialization.
    #[error("not a signed token")]
    Malformed,
    /// From the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Not signed by the key it names.
    #[error("the token's signature is wrong")]
    Signature,
    /// Longer than any token of ours.
    #[error("the token is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Not an access token.
    #[error("the token's type is not that of an access token")]
    Type,
    /// Signed with a key that is not in the set; a newer set may have it.
    #[error("the token names a key that is not known")]
    UnknownKey,
}

/// Verifies an access token of our own issuer (RFC 9068 §4), with its signature first.
///
/// Nothing but `keys` decides which key and algorithm there are (RFC 8725 §3.1): what the header
/// says of keys beside its `kid`, as in `jwk`, `jku` or `x5u`, is not looked at.
pub fn verify_access_token(
    token: &str,
    keys: &JwkSet,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<AccessToken, InvalidToken> {
    let payload = signed_payload(token, keys)?;
    let claims: Claims = json(payload).ok_or(InvalidToken::Claims)?;
    claims.check(expected, now)
}

/// The payload, still in base64url, of a token that one of `keys` has signed.
pub fn signed_payload<'a>(token: &'a str, keys: &JwkSet) -> Result<&'a str, InvalidToken> {
    if token.len() > MAX_BYTES {
        return Err(InvalidToken::TooLong);
    }
    // RFC 7515 §7.1: header, payload and signature, of which the first two are signed.
    let (signed, signature) = token.rsplit_once('.').ok_or(InvalidToken::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(InvalidToken::Malformed)?;
    let header: Header = json(header).ok_or(InvalidToken::Malformed)?;
    let kid = header.check()?;
    // RFC 7518 §3.4: R and S in 64 bytes.
    let signature = decode(signature)
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .ok_or(InvalidToken::Signature)?;
    keys.verify(kid, signed.as_bytes(), &signature)?;
    Ok(payload)
}

/// base64url without padding (RFC 7515 §2).
fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&decode(text)?).ok()
}

#[cfg(test)]
mod tests;
