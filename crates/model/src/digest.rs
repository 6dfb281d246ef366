/// The SHA-256 of something secret, in 64 hexadecimal digits: all that is kept of it. It cannot be
/// turned back, yet nobody has to read it in a log.
macro_rules! digest {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(String);

        impl $name {
            /// The digest `bytes`.
            #[must_use]
            pub fn new(bytes: [u8; 32]) -> Self {
                Self(crate::hex(&bytes))
            }

            /// The digits, for storage and comparison only.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidName;

            fn from_str(text: &str) -> Result<Self, crate::InvalidName> {
                let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
                if text.len() == 64 && text.bytes().all(digit) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(crate::InvalidName::Character)
                }
            }
        }
    };
}

pub(crate) use digest;

#[cfg(test)]
mod tests {
    use crate::ApiKeyDigest;

    #[test]
    fn a_digest_is_64_digits_and_is_not_shown() {
        let digest = ApiKeyDigest::new([0xab; 32]);
        assert_eq!(digest.as_str().parse(), Ok(digest.clone()));
        assert_eq!(format!("{digest:?}"), "ApiKeyDigest(…)");
        assert!("AB".repeat(32).parse::<ApiKeyDigest>().is_err());
        assert!("ab".repeat(31).parse::<ApiKeyDigest>().is_err());
    }
}
