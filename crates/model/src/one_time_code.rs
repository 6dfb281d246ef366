use std::{fmt, str::FromStr};

use crate::{InvalidName, Timestamp, UserId, hex, words::words};

words! {
    /// What a one-time code lets its bearer do.
    CodePurpose {
        /// Prove that they read what is sent to an address.
        EmailVerification "email_verification",
        /// Set a first password.
        Invitation "invitation",
        /// Set a new password without the old one.
        PasswordRecovery "password_recovery",
    }
}

/// The SHA-256 of a one-time code, in 64 hexadecimal digits: all that is kept of it outside of the
/// message that brings it. A short code is digested together with whose it is and what for.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct OneTimeCodeDigest(String);

impl OneTimeCodeDigest {
    /// The digest `bytes`.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(hex(&bytes))
    }

    /// The digits, for storage and comparison only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It cannot be turned back into a code, yet nobody has to read it.
impl fmt::Debug for OneTimeCodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCodeDigest(…)")
    }
}

impl FromStr for OneTimeCodeDigest {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName::Character)
        }
    }
}

/// A code that was sent to a user and works once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OneTimeCode {
    /// Its digest, which it is found by.
    pub digest: OneTimeCodeDigest,
    /// What it is for.
    pub purpose: CodePurpose,
    /// Whose it is.
    pub user_id: UserId,
    /// The address that it was sent to, if it proves that the user reads what is sent there.
    pub address: Option<String>,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::OneTimeCodeDigest;

    #[test]
    fn a_digest_is_64_digits_and_is_not_shown() {
        let digest = OneTimeCodeDigest::new([0xab; 32]);
        assert_eq!(digest.as_str().parse(), Ok(digest.clone()));
        assert!(!format!("{digest:?}").contains("ab"), "{digest:?}");
        assert!("AB".repeat(32).parse::<OneTimeCodeDigest>().is_err());
    }
}
