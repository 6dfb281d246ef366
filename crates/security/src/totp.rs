use std::fmt;

use iam_model::{Sealed, Secret, TenantId, Timestamp, UserId};
use iam_platform::{Platform, random};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Algorithm, Builder};

use crate::{Keyring, NotOpened};

/// The bytes of a new key: as long as the HMAC, as RFC 4226 §4 recommends.
const KEY: usize = 20;

/// The digits of a code, and how many seconds one is shown: what every authenticator app can do,
/// as some look at nothing else in the URI.
const DIGITS: u8 = 6;
const PERIOD: u64 = 30;

/// The unreserved characters of RFC 3986 stay as they are.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The most bytes of the issuer and of the account in a URI, so that it fits into a QR code.
const ISSUER: usize = 300;
const ACCOUNT: usize = 600;

/// A user's key for codes by the time (RFC 6238), which their authenticator app has too.
pub struct Totp(totp_rs::Totp);

impl Totp {
    /// A new key.
    #[must_use]
    pub fn generate(platform: &dyn Platform) -> Self {
        Self::of(random::<KEY>(platform).to_vec())
    }

    fn of(key: Vec<u8>) -> Self {
        let builder = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(PERIOD)
            // The clock of a phone may be off, and typing takes time (RFC 6238 §5.2).
            .with_skew(1)
            .with_secret(key);
        Self(builder.build_noncompliant())
    }

    /// The key that was sealed for this user.
    pub fn open(
        keyring: &Keyring,
        sealed: &Sealed,
        tenant: &TenantId,
        user: &UserId,
    ) -> Result<Self, NotOpened> {
        let key = keyring.open(sealed, &purpose(tenant, user))?;
        Ok(Self::of(key.expose().clone()))
    }

    /// Encrypts the key, for this user alone.
    #[must_use]
    pub fn seal(
        &self,
        keyring: &Keyring,
        platform: &dyn Platform,
        tenant: &TenantId,
        user: &UserId,
    ) -> Sealed {
        let key = self.0.secret().as_bytes();
        keyring.seal(platform, key, &purpose(tenant, user))
    }

    /// The key in base32 (RFC 4648 §6), for who types it into their app.
    #[must_use]
    pub fn secret(&self) -> Secret<String> {
        self.0.secret().to_base32().into()
    }

    /// The time step of which this is the code, if it is the one of now, of the step before or of
    /// the one after, and later than `last_step`: the step of the last code that was accepted, as
    /// each is good once (RFC 6238 §5.2). Spaces in the code do not count.
    #[must_use]
    pub fn verify(&self, code: &Secret<String>, now: Timestamp, last_step: i64) -> Option<i64> {
        let digits: String = code
            .expose()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let digits = Secret::new(digits);
        let seconds = u64::try_from(now.as_millis() / 1000).ok()?;
        let step = self.0.check(digits.expose(), seconds)?;
        i64::try_from(step).ok().filter(|step| *step > last_step)
    }

    /// The URI that an authenticator app reads from a QR code, in the [Key URI Format]: it shows
    /// `issuer` and `account` beside its codes.
    ///
    /// [Key URI Format]: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Secret<String> {
        let (issuer, account) = (label(issuer, ISSUER), label(account, ACCOUNT));
        let secret = self.secret();
        let secret = secret.expose();
        Secret::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}\
             &algorithm=SHA1&digits={DIGITS}&period={PERIOD}"
        ))
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Totp(…)")
    }
}

/// What a key is sealed for: in another user's row it cannot be opened.
fn purpose(tenant: &TenantId, user: &UserId) -> String {
    format!("totp:{tenant}:{user}")
}

/// As much of `text` as has `limit` bytes when it is encoded. A colon, which in a label ends the
/// issuer, becomes a space.
fn label(text: &str, limit: usize) -> String {
    let mut label = String::new();
    for character in text.replace(':', " ").chars() {
        let mut bytes = [0; 4];
        let encoded = utf8_percent_encode(character.encode_utf8(&mut bytes), RESERVED).to_string();
        if label.len() + encoded.len() > limit {
            break;
        }
        label.push_str(&encoded);
    }
    label
}

#[cfg(test)]
mod tests;
