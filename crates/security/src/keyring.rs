use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use iam_model::{Sealed, Secret};
use iam_platform::{Platform, random};
use thiserror::Error;
use zeroize::Zeroize;

/// The format of what is sealed: XChaCha20-Poly1305, whose nonces are long enough to be random.
const VERSION: &str = "v1";
const NONCE: usize = 24;

/// The keys that secrets at rest are encrypted with: the first seals, all open.
///
/// Its text is `id:key` by commas, each key 32 bytes in base64url without padding.
pub struct Keyring(Vec<(String, XChaCha20Poly1305)>);

/// The text is no keyring. It is not repeated, since it holds keys.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not a keyring: `id:key`, by commas; a key is 32 bytes in base64url")]
pub struct InvalidKeyring;

/// What was sealed cannot be opened.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum NotOpened {
    /// It was sealed with another key, for another purpose, or changed since.
    #[error("sealed value is damaged, or not for this purpose")]
    Damaged,
    /// Its key is not in the keyring any more.
    #[error("sealed value needs a key that is not in `encryption_keys`")]
    UnknownKey,
}

/// Says which keys there are.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.0.iter().map(|(id, _)| id).collect();
        f.debug_tuple("Keyring").field(&ids).finish()
    }
}

impl FromStr for Keyring {
    type Err = InvalidKeyring;

    fn from_str(text: &str) -> Result<Self, InvalidKeyring> {
        let keys: Vec<_> = text.split(',').map(key).collect::<Result<_, _>>()?;
        let unique = |(at, (id, _)): (usize, &(String, _))| !keys[..at].iter().any(|k| k.0 == *id);
        if keys.iter().enumerate().all(unique) {
            Ok(Self(keys))
        } else {
            Err(InvalidKeyring)
        }
    }
}

fn key(text: &str) -> Result<(String, XChaCha20Poly1305), InvalidKeyring> {
    let (id, encoded) = text.trim().split_once(':').ok_or(InvalidKeyring)?;
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if id.is_empty() || id.len() > 32 || !id.bytes().all(known) {
        return Err(InvalidKeyring);
    }
    let mut bytes = BASE64_URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| InvalidKeyring)?;
    let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| InvalidKeyring);
    bytes.zeroize();
    Ok((id.to_owned(), cipher?))
}

impl Keyring {
    /// Encrypts `secret` for `purpose`, which [`open`](Self::open) must name again: what was sealed
    /// for one user is of no use in another's row.
    #[must_use]
    pub fn seal(&self, platform: &dyn Platform, secret: &[u8], purpose: &str) -> Sealed {
        let (id, cipher) = &self.0[0];
        let nonce: [u8; NONCE] = random(platform);
        let payload = Payload {
            msg: secret,
            aad: purpose.as_bytes(),
        };
        let mut sealed = nonce.to_vec();
        // It fails only for messages of many gigabytes.
        sealed.extend(
            cipher
                .encrypt(&XNonce::from(nonce), payload)
                .unwrap_or_default(),
        );
        let encoded = BASE64_URL_SAFE_NO_PAD.encode(sealed);
        Sealed::new(format!("{VERSION}.{id}.{encoded}"))
    }

    /// Decrypts what was sealed for `purpose`.
    pub fn open(&self, sealed: &Sealed, purpose: &str) -> Result<Secret<Vec<u8>>, NotOpened> {
        let (id, encoded) = parts(sealed).ok_or(NotOpened::Damaged)?;
        let found = self.0.iter().find(|(known, _)| known == id);
        let (_, cipher) = found.ok_or(NotOpened::UnknownKey)?;
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|_| NotOpened::Damaged)?;
        let (nonce, ciphertext) = bytes
            .split_first_chunk::<NONCE>()
            .ok_or(NotOpened::Damaged)?;
        let payload = Payload {
            msg: ciphertext,
            aad: purpose.as_bytes(),
        };
        let opened = cipher.decrypt(&XNonce::from(*nonce), payload);
        opened.map(Secret::new).map_err(|_| NotOpened::Damaged)
    }

    /// Whether `sealed` is sealed with the key that seals now.
    #[must_use]
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        parts(sealed).is_some_and(|(id, _)| id == self.0[0].0)
    }

    /// How what is sealed now begins.
    #[must_use]
    pub fn current_prefix(&self) -> String {
        format!("{VERSION}.{}.", self.0[0].0)
    }
}

/// The key id and the encoded rest.
fn parts(sealed: &Sealed) -> Option<(&str, &str)> {
    let (version, rest) = sealed.as_str().split_once('.')?;
    (version == VERSION).then(|| rest.split_once('.'))?
}

#[cfg(test)]
mod tests;
