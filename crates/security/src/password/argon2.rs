use argon2::{
    Algorithm, Argon2, Error, Params, Version,
    password_hash::phc::{self, Output, Salt},
};
use iam_config::PasswordParameters;
use subtle::ConstantTimeEq;

use super::recognize::{HashKind, UnknownHash};

const KIND: HashKind = HashKind::Argon2;

/// The most KiB, passes and lanes: no less than `iam_config` lets our own hashes have.
const MAX: (u32, u32, u32) = (65536, 20, 16);

/// A hash of Argon2 (RFC 9106) as a PHC string.
pub(super) struct Argon2Hash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    hash: Output,
}

impl Argon2Hash {
    pub(super) fn parse(text: &str) -> Result<Self, UnknownHash> {
        let phc = phc::PasswordHash::new(text).map_err(|_| KIND.malformed("not a PHC string"))?;
        // The library has defaults for what is left out; a hash that leaves it out is damaged.
        if ["m", "t", "p"]
            .iter()
            .any(|&name| phc.params.get(name).is_none())
        {
            return Err(KIND.malformed("m, t or p is missing"));
        }
        let params =
            Params::try_from(&phc).map_err(|_| KIND.malformed("parameters out of range"))?;
        let (memory, passes, lanes) = MAX;
        if params.m_cost() > memory || params.t_cost() > passes || params.p_cost() > lanes {
            return Err(KIND.too_costly("m=65536, t=20, p=16"));
        }
        Ok(Self {
            algorithm: Algorithm::try_from(phc.algorithm.as_str())
                .map_err(|_| KIND.malformed("algorithm unknown"))?,
            version: version(phc.version).ok_or(KIND.malformed("version unknown"))?,
            params,
            salt: phc.salt.ok_or(KIND.malformed("no salt"))?,
            hash: phc.hash.ok_or(KIND.malformed("no hash"))?,
        })
    }

    /// Whether it is that of `password`, compared in constant time.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        let mut hash = [0; Output::MAX_LENGTH];
        let hash = &mut hash[..self.hash.len()];
        argon2.hash_password_into(password, &self.salt, hash)?;
        Ok(hash.ct_eq(self.hash.as_bytes()).into())
    }

    /// Whether a new hash with `parameters` would be as good.
    pub(super) fn is_current(&self, parameters: PasswordParameters) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.params.m_cost() == parameters.memory_kib
            && self.params.t_cost() == parameters.iterations
            && self.params.p_cost() == parameters.parallelism
    }
}

/// The first version wrote no number; to the reference implementation none still means it.
fn version(number: Option<u32>) -> Option<Version> {
    number.map_or(Some(Version::V0x10), |n| Version::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::Argon2Hash;
    use crate::{HashKind, UnknownHash, recognize};

    // Made with argon2-cffi, which is the reference implementation.
    const HASHES: [&str; 7] = [
        "$argon2i$v=16$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$VLYbkNiZ9lvKrLTw2wx3jTTThmdPKMwlfEVfBK0XCp0",
        "$argon2i$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$VLYbkNiZ9lvKrLTw2wx3jTTThmdPKMwlfEVfBK0XCp0",
        "$argon2i$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$z9I72wbMSDeAyh7icTuANjzy0FP+EIDsEC13iLHqWIk",
        "$argon2d$v=16$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$/FWG4fFt6w+i5lPQ97YmvZwKxhY0B1ZiT/5SzSxDJSY",
        "$argon2d$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$AUueLbkxqKbtyk19sTd+ZT0H4WltEWOFas2GkNLY/GI",
        "$argon2id$v=16$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$rmV98+EESl44tbX3rbaIGZ0HIFUDU0xdbqBGVcodPSU",
        "$argon2id$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$InE8eufK50pqHEKauauTUNhmHsH2TQuoZHFUk/BfFII",
    ];

    #[test]
    fn every_variant_and_version_of_the_reference_implementation_is_verified() {
        for text in HASHES {
            let hash = Argon2Hash::parse(text).unwrap();
            assert!(hash.matches("p\u{e4}ssword".as_bytes()).unwrap(), "{text}");
            assert!(!hash.matches(b"password").unwrap(), "{text}");
        }
    }

    #[test]
    fn a_damaged_hash_is_refused() {
        for (bad, problem) in [
            ("$argon2id", "m, t or p"),
            (
                "$argon2id$v=19$m=64,t=2$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0",
                "m, t or p",
            ),
            (
                "$argon2id$v=19$m=64,t=2,p=1,x=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0",
                "range",
            ),
            (
                "$argon2id$v=18$m=64,t=2,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0",
                "version",
            ),
            (
                "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0",
                "range",
            ),
            ("$argon2id$v=19$m=64,t=2,p=1", "no salt"),
            ("$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ", "no hash"),
            (
                "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0$",
                "PHC",
            ),
        ] {
            let told = recognize(bad).unwrap_err().to_string();
            assert!(
                told.contains("Argon2") && told.contains(problem),
                "{bad}: {told}"
            );
        }
    }

    #[test]
    fn a_cost_that_could_take_the_server_down_is_refused() {
        for costly in [
            "m=65537,t=1,p=1",
            "m=64,t=21,p=1",
            "m=256,t=1,p=17",
            "m=4294967295,t=1,p=1",
        ] {
            let text = format!("$argon2id$v=19${costly}$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0");
            let refused = recognize(&text).unwrap_err();
            assert!(
                matches!(
                    refused,
                    UnknownHash::TooCostly {
                        kind: HashKind::Argon2,
                        ..
                    }
                ),
                "{costly}: {refused}"
            );
        }
    }
}
