use scrypt::Params;
use subtle::ConstantTimeEq;

use super::{
    encoding::{base64, numbers},
    recognize::{HashKind, UnknownHash},
    stored::Foreign,
};

const KIND: HashKind = HashKind::Scrypt;

/// What one verification may take: 64 MiB, and the time to go through that four times.
const MAX_MEMORY: u64 = 64 << 20;
const MAX_WORK: u64 = 4 * MAX_MEMORY;

/// A hash of scrypt (RFC 7914) as a PHC string. `ln` is the binary logarithm of `N`.
pub(super) struct Scrypt {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Scrypt {
    pub(super) fn parse(text: &str) -> Result<Self, UnknownHash> {
        let fields: Vec<_> = text.split('$').collect();
        let [_, _, cost, salt, hash] = fields[..] else {
            return Err(KIND.malformed("not five fields"));
        };
        let hash = base64(hash).filter(|hash| (16..=64).contains(&hash.len()));
        Ok(Self {
            params: params(KIND, cost)?,
            salt: base64(salt).ok_or(KIND.malformed("the salt is not base64"))?,
            hash: hash.ok_or(KIND.malformed("the hash is not 16 to 64 bytes in base64"))?,
        })
    }
}

impl Foreign for Scrypt {
    fn matches(&self, password: &[u8]) -> bool {
        let mut hash = vec![0; self.hash.len()];
        // It fails only for a hash of no bytes.
        scrypt::scrypt(password, &self.salt, &self.params, &mut hash).is_ok()
            && bool::from(hash.ct_eq(&self.hash))
    }
}

/// The parameters of `ln=14,r=8,p=1`, if they are within bounds.
pub(super) fn params(kind: HashKind, text: &str) -> Result<Params, UnknownHash> {
    let [ln, r, p] = numbers(text, ["ln", "r", "p"])
        .ok_or(kind.malformed("the parameters are not ln, r and p"))?;
    if ln == 0 || r == 0 || p == 0 {
        return Err(kind.malformed("a parameter is 0"));
    }
    // 128·r·N bytes (RFC 7914 §2), gone through p times.
    let memory = 1u64
        .checked_shl(ln)
        .and_then(|n| n.checked_mul(128 * u64::from(r)));
    let within = memory.is_some_and(|m| m <= MAX_MEMORY && m * u64::from(p) <= MAX_WORK);
    let too_costly = kind.too_costly("64 MiB (128·r·2^ln bytes), 256 MiB times p, r=32, p=16");
    if !within || r > 32 || p > 16 {
        return Err(too_costly);
    }
    let ln = u8::try_from(ln).map_err(|_| too_costly)?;
    Params::new(ln, r, p).map_err(|_| too_costly)
}

#[cfg(test)]
mod tests {
    use super::{Foreign, Scrypt};
    use crate::{HashKind, UnknownHash, recognize};

    #[track_caller]
    fn check(text: &str, right: &str) {
        let hash = Scrypt::parse(text).unwrap();
        assert!(hash.matches(right.as_bytes()), "{text}");
        assert!(!hash.matches(b"wrong"), "{text}");
    }

    #[test]
    fn the_vectors_of_rfc_7914_section_12_hold() {
        check(
            "$scrypt$ln=10,r=8,p=16$TmFDbA$\
             /bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA",
            "password",
        );
        check(
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$\
             cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw==",
            "pleaseletmein",
        );
    }

    #[test]
    fn a_hash_of_passlib_is_verified() {
        check(
            "$scrypt$ln=8,r=8,p=2$c2FsdHNhbHRzYWx0c2FsdA$qkBiTd39yLc1jb/efZIKhwt2BNnI/9LhriqppanOmGw",
            "p\u{e4}ssword",
        );
    }

    #[test]
    fn a_damaged_hash_is_refused() {
        for bad in [
            "$scrypt",
            "$scrypt$ln=8,r=8,p=1$c2FsdA",
            "$scrypt$ln=8,r=8,p=1$c2FsdA$qkBiTd39yLc1jb/efZIKhw$",
            "$scrypt$ln=0,r=8,p=1$c2FsdA$qkBiTd39yLc1jb/efZIKhw",
            "$scrypt$r=8,ln=8,p=1$c2FsdA$qkBiTd39yLc1jb/efZIKhw",
            "$scrypt$ln=8,r=8,p=1$c2Fsd*$qkBiTd39yLc1jb/efZIKhw",
            "$scrypt$ln=8,r=8,p=1$c2FsdA$qkBiTd39yLc1jb/efZI",
            "$scrypt$ln=8,r=8,p=1$c2FsdA$",
        ] {
            let refused = recognize(bad).unwrap_err();
            assert!(
                matches!(
                    refused,
                    UnknownHash::Malformed {
                        kind: HashKind::Scrypt,
                        ..
                    }
                ),
                "{bad}: {refused}"
            );
        }
    }

    #[test]
    fn a_cost_that_could_take_the_server_down_is_refused() {
        let hash = |cost| format!("$scrypt${cost}$c2FsdA$qkBiTd39yLc1jb/efZIKhw");
        for good in ["ln=16,r=8,p=4", "ln=15,r=16,p=1", "ln=13,r=8,p=10"] {
            assert!(recognize(&hash(good)).is_ok(), "{good}");
        }
        for costly in [
            "ln=17,r=8,p=1",
            "ln=16,r=9,p=1",
            "ln=16,r=8,p=5",
            "ln=1,r=33,p=1",
            "ln=1,r=1,p=17",
            "ln=16384,r=8,p=1",
            "ln=63,r=4294967295,p=4294967295",
        ] {
            let refused = recognize(&hash(costly)).unwrap_err();
            assert!(
                matches!(
                    refused,
                    UnknownHash::TooCostly {
                        kind: HashKind::Scrypt,
                        ..
                    }
                ),
                "{costly}: {refused}"
            );
        }
    }
}
