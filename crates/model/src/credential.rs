use serde::Deserialize;

use crate::{CredentialId, Sealed, Secret, Timestamp, UserId, words::words};

/// A password hash: ours is a PHC string, for instance `$argon2id$v=19$m=7168,t=5,p=1$…`; an
/// imported one is as the system that made it wrote it, until its owner logs in.
///
/// It is treated as a secret: whoever holds it can guess at the password offline.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(Secret<String>);

impl PasswordHash {
    /// Takes the text of a hash into custody; whether it is one, whoever verifies it finds out.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for PasswordHash {}

/// A user's password, of which only the hash is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasswordCredential {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub user_id: UserId,
    /// The hash.
    pub hash: PasswordHash,
    /// When it was set; a rehash at login makes it no younger.
    pub updated_at: Timestamp,
}

/// A user's key for codes by the time (RFC 6238).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TotpCredential {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub user_id: UserId,
    /// The key, sealed for this user.
    pub secret: Sealed,
    /// The time step of the last code that was accepted: RFC 6238 §5.2 wants each code to be
    /// accepted once, so only later steps are good.
    pub last_step: i64,
    /// When it was enrolled.
    pub updated_at: Timestamp,
}

/// The SHA-256 of a recovery code, in hexadecimal. A code is random and long enough that no slow
/// hash is needed (NIST SP 800-63B-4 §3.1.2.2).
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct RecoveryCodeDigest(pub String);

/// The recovery codes of a user, all made at once (NIST SP 800-63B-4 §4.2.1.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecoveryCodes {
    /// The id of the set.
    pub id: CredentialId,
    /// Whose they are.
    pub user_id: UserId,
    /// The codes that were not used.
    pub digests: Vec<RecoveryCodeDigest>,
    /// When they were made.
    pub updated_at: Timestamp,
}

words! {
    /// What a user can prove who they are with.
    CredentialKind {
        /// A passkey of `WebAuthn`.
        Passkey "passkey",
        /// A password.
        Password "password",
        /// Codes for who has lost the rest.
        RecoveryCodes "recovery_codes",
        /// A code by the time (RFC 6238).
        Totp "totp",
    }
}

/// A credential as an operator sees it: that it is there, not what it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CredentialSummary {
    /// Its id.
    pub id: CredentialId,
    /// Its kind.
    pub kind: CredentialKind,
    /// When it was set or replaced.
    pub updated_at: Timestamp,
}
