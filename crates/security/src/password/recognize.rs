use std::fmt;

use iam_model::PasswordHash;
use thiserror::Error;

use super::stored::StoredHash;

/// The longest hash that is looked at, in bytes.
const MAX_BYTES: usize = 1024;

/// Takes over a password hash that this system or another made.
///
/// The kinds are those of [`HashKind`]. The hash is parsed strictly and kept as it is;
/// [`Argon2id`](crate::Argon2id) verifies it, and the first login with the right password
/// replaces it. What it costs to verify is bounded, because whoever may import a hash would
/// otherwise decide how long one login keeps a core busy and how much memory it takes.
pub fn recognize(text: &str) -> Result<PasswordHash, UnknownHash> {
    if text.len() > MAX_BYTES {
        return Err(UnknownHash::TooLong);
    }
    StoredHash::parse(text)?;
    Ok(PasswordHash::new(text.to_owned()))
}

/// A kind of password hash that can be verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HashKind {
    /// Argon2i, Argon2d or Argon2id (RFC 9106) as a PHC string, of version 1.0 or 1.3.
    Argon2,
    /// bcrypt as its modular crypt string.
    Bcrypt,
    /// Firebase's own scrypt, as Ory Kratos writes it.
    Firebase,
    /// PBKDF2 (RFC 8018 §5.2) as a PHC string, as passlib's or as Django's.
    Pbkdf2,
    /// scrypt (RFC 7914) as a PHC string.
    Scrypt,
}

impl HashKind {
    const ALL: [Self; 5] = [
        Self::Argon2,
        Self::Bcrypt,
        Self::Firebase,
        Self::Pbkdf2,
        Self::Scrypt,
    ];

    /// What a hash of this kind looks like.
    #[must_use]
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Argon2 => "$argon2id$v=19$m=…,t=…,p=…$<salt>$<hash> (argon2i, argon2d, v=16 too)",
            Self::Bcrypt => "$2b$<cost>$<salt and hash> (2a, 2y too)",
            Self::Firebase => {
                "$firescrypt$ln=…,r=…,p=…$<salt>$<hash>$<salt separator>$<signer key>"
            }
            Self::Pbkdf2 => {
                "$pbkdf2-sha256$i=…,l=…$<salt>$<hash>, $pbkdf2-sha256$<rounds>$<salt>$<hash> \
                 (sha1, sha512 too) or pbkdf2_sha256$<rounds>$<salt>$<hash>"
            }
            Self::Scrypt => "$scrypt$ln=…,r=…,p=…$<salt>$<hash>",
        }
    }

    pub(super) const fn malformed(self, problem: &'static str) -> UnknownHash {
        UnknownHash::Malformed {
            kind: self,
            problem,
        }
    }

    pub(super) const fn too_costly(self, limit: &'static str) -> UnknownHash {
        UnknownHash::TooCostly { kind: self, limit }
    }
}

impl fmt::Display for HashKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Argon2 => "Argon2",
            Self::Bcrypt => "bcrypt",
            Self::Firebase => "Firebase scrypt",
            Self::Pbkdf2 => "PBKDF2",
            Self::Scrypt => "scrypt",
        })
    }
}

/// Why a text is not taken over as a password hash. It never repeats the text.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum UnknownHash {
    /// Of no kind that is known.
    #[error("not a password hash of a known kind; known are {}", known())]
    Kind,
    /// It begins like a known kind and does not go on like it.
    #[error("malformed {kind} hash: {problem}; expected {}", .kind.shape())]
    Malformed {
        /// The kind it begins like.
        kind: HashKind,
        /// What is wrong.
        problem: &'static str,
    },
    /// Verifying it would take too much time or memory.
    #[error("{kind} hash that costs too much to verify: the most is {limit}")]
    TooCostly {
        /// Its kind.
        kind: HashKind,
        /// The limits of its kind.
        limit: &'static str,
    },
    /// Longer than any hash.
    #[error("longer than a password hash can be: the most is {MAX_BYTES} bytes")]
    TooLong,
}

fn known() -> String {
    HashKind::ALL
        .map(|kind| format!("{kind}: {}", kind.shape()))
        .join("; ")
}

#[cfg(test)]
mod tests {
    use iam_config::PasswordParameters;

    use super::{HashKind, UnknownHash, recognize};

    #[test]
    fn what_is_no_hash_of_a_known_kind_is_answered_with_those_there_are() {
        let md5 = "$1$hunter2$qzTyMvBVfyPdjLxKLHvGF1";
        for bad in [
            "",
            "$",
            "hunter2",
            "$2x$05$",
            "$argon2$",
            "pbkdf2_md5$1$a$b",
            md5,
        ] {
            assert_eq!(recognize(bad), Err(UnknownHash::Kind), "{bad}");
        }
        let told = recognize(md5).unwrap_err().to_string();
        for kind in HashKind::ALL {
            assert!(told.contains(&kind.to_string()), "{told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn a_hash_is_taken_over_as_it_is() {
        let text = "$2b$06$abcdefghijklmnopqrstuuXZXZrzoc.FELdmHVfXFnqnXNg58.snC";
        assert_eq!(recognize(text).unwrap().expose(), text);
        assert!(recognize(&format!(" {text}")).is_err());
        assert!(recognize(&format!("{text}\n")).is_err());
    }

    #[test]
    fn a_text_longer_than_any_hash_is_not_looked_at() {
        let text = format!("$2b${}", "0".repeat(2000));
        assert_eq!(recognize(&text), Err(UnknownHash::TooLong));
    }

    #[test]
    fn whatever_this_system_may_be_told_to_make_can_be_taken_over() {
        let most = |name: &str| match name {
            "password_memory_kib" => Some("65536".to_owned()),
            "password_iterations" => Some("20".to_owned()),
            "password_parallelism" => Some("4".to_owned()),
            _ => None,
        };
        let most = PasswordParameters::from_variables(&most).unwrap();
        let PasswordParameters {
            memory_kib: m,
            iterations: t,
            parallelism: p,
        } = most;
        let hash = format!("$argon2id$v=19$m={m},t={t},p={p}$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA");
        assert!(recognize(&hash).is_ok());
    }
}
