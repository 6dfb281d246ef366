use serde::Deserialize;

use crate::{CredentialId, Secret, Timestamp, UserId};

/// A password hash as a PHC string, for instance `$argon2id$v=19$m=7168,t=5,p=1$…`.
///
/// It is treated as a secret: whoever holds it can guess at the password offline.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(Secret<String>);

impl PasswordHash {
    /// Takes the PHC string into custody.
    #[must_use]
    pub const fn new(phc: String) -> Self {
        Self(Secret::new(phc))
    }

    /// The PHC string itself.
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
    /// When it was set or rehashed.
    pub updated_at: Timestamp,
}
