use super::{
    argon2::Argon2Hash, bcrypt::Bcrypt, firebase::Firebase, pbkdf2::Pbkdf2, recognize::UnknownHash,
    scrypt::Scrypt,
};

/// A password hash, parsed, whose cost is within bounds.
pub(super) enum StoredHash {
    /// Ours, or another system's: they look alike.
    Argon2(Argon2Hash),
    /// Another system's.
    Foreign(Box<dyn Foreign>),
}

/// A hash that only other systems make.
pub(super) trait Foreign {
    /// Whether it is that of `password`, compared in constant time.
    fn matches(&self, password: &[u8]) -> bool;
}

impl StoredHash {
    pub(super) fn parse(text: &str) -> Result<Self, UnknownHash> {
        let mut fields = text.split('$');
        Ok(match (fields.next(), fields.next()) {
            (Some(""), Some("argon2d" | "argon2i" | "argon2id")) => {
                Self::Argon2(Argon2Hash::parse(text)?)
            }
            (Some(""), Some("2a" | "2b" | "2y")) => foreign(Bcrypt::parse(text)?),
            (Some(""), Some("firescrypt")) => foreign(Firebase::parse(text)?),
            (Some(""), Some("pbkdf2" | "pbkdf2-sha1" | "pbkdf2-sha256" | "pbkdf2-sha512"))
            | (Some("pbkdf2_sha1" | "pbkdf2_sha256"), _) => foreign(Pbkdf2::parse(text)?),
            (Some(""), Some("scrypt")) => foreign(Scrypt::parse(text)?),
            _ => return Err(UnknownHash::Kind),
        })
    }
}

fn foreign(hash: impl Foreign + 'static) -> StoredHash {
    StoredHash::Foreign(Box::new(hash))
}
