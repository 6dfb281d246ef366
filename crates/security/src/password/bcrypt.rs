use base64::{
    Engine,
    alphabet::BCRYPT,
    engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::NO_PAD},
};
use subtle::ConstantTimeEq;

use super::{
    recognize::{HashKind, UnknownHash},
    stored::Foreign,
};

const KIND: HashKind = HashKind::Bcrypt;

/// The cost is the binary logarithm of the time.
const COST: std::ops::RangeInclusive<u32> = 4..=14;

/// The original ignores the bits that 22 characters have beyond 16 bytes, and some systems filled
/// them with noise.
const BASE64: GeneralPurpose = GeneralPurpose::new(&BCRYPT, CONFIG);
const CONFIG: GeneralPurposeConfig = NO_PAD.with_decode_allow_trailing_bits(true);

/// A hash of bcrypt as a modular crypt string: `$2b$`, cost, `$`, 22 characters of salt and 31 of
/// hash. `2a` and `2y` are the same function for every password that is valid UTF-8.
pub(super) struct Bcrypt {
    cost: u32,
    salt: [u8; 16],
    hash: [u8; 23],
}

impl Bcrypt {
    pub(super) fn parse(text: &str) -> Result<Self, UnknownHash> {
        let (_, rest) = text.split_at_checked(4).ok_or(KIND.malformed("no cost"))?;
        let (cost, rest) = rest.split_once('$').ok_or(KIND.malformed("no salt"))?;
        if cost.len() != 2 || !cost.bytes().all(|b| b.is_ascii_digit()) {
            return Err(KIND.malformed("the cost is not two digits"));
        }
        let cost: u32 = cost
            .parse()
            .map_err(|_| KIND.malformed("the cost is not two digits"))?;
        if cost < *COST.start() {
            return Err(KIND.malformed("the cost is below 4"));
        }
        if cost > *COST.end() {
            return Err(KIND.too_costly("cost 14"));
        }
        let (salt, hash) = rest
            .split_at_checked(22)
            .ok_or(KIND.malformed("salt or hash is too short"))?;
        Ok(Self {
            cost,
            salt: exactly(salt).ok_or(KIND.malformed("the salt is not 16 bytes"))?,
            hash: exactly(hash).ok_or(KIND.malformed("the hash is not 23 bytes"))?,
        })
    }
}

impl Foreign for Bcrypt {
    /// As the originals did, it takes the password as a C string: up to the first NUL, with it,
    /// and of that the first 72 bytes. What lies beyond does not count here, but it does in the
    /// hash that a login then replaces this one with.
    fn matches(&self, password: &[u8]) -> bool {
        let text = password.iter().copied().take_while(|&b| b != 0);
        let key: zeroize::Zeroizing<Vec<u8>> = text.chain([0]).take(72).collect::<Vec<_>>().into();
        let hash = bcrypt::bcrypt(self.cost, self.salt, &key);
        hash[..23].ct_eq(&self.hash).into()
    }
}

fn exactly<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Bcrypt, Foreign};
    use crate::{HashKind, UnknownHash, recognize};

    const LONG: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\
                        chars after 72 are ignored";

    #[track_caller]
    fn check(text: &str, right: &str, wrong: &str) {
        let hash = Bcrypt::parse(text).unwrap();
        assert!(hash.matches(right.as_bytes()), "{text}");
        assert!(!hash.matches(wrong.as_bytes()), "{text}");
    }

    #[test]
    fn the_vectors_of_openwall_crypt_blowfish_hold() {
        check(
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
            "U*U*",
        );
        check(
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
            "U*U*",
            "U*U",
        );
        check(
            "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
            "U*U*U",
            "u*u*u",
        );
        check(
            "$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy",
            "",
            " ",
        );
        check(
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
            LONG,
            &LONG[..71],
        );
    }

    // Made with the `bcrypt` package of PyPI.
    #[test]
    fn a_password_beyond_ascii_is_its_utf_8() {
        check(
            "$2b$06$abcdefghijklmnopqrstuuXZXZrzoc.FELdmHVfXFnqnXNg58.snC",
            "P\u{e4}ssw\u{f6}rd",
            "Passwo\u{308}rd",
        );
    }

    #[test]
    fn what_lies_beyond_72_bytes_or_a_nul_does_not_count() {
        let x72 = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
        check(x72, &"x".repeat(80), &"x".repeat(71));
        let pass = "$2b$04$abcdefghijklmnopqrstuufznL8bkzdtHwLhca4To/v9Lo9bA7fR6";
        check(pass, "pass\0word", "password");
    }

    #[test]
    fn bits_beyond_the_salt_are_ignored() {
        // `u`, the last character of the salt, has four bits to spare: up to `9` it is one salt.
        check(
            "$2b$06$abcdefghijklmnopqrstu9XZXZrzoc.FELdmHVfXFnqnXNg58.snC",
            "P\u{e4}ssw\u{f6}rd",
            "",
        );
    }

    #[test]
    fn a_damaged_hash_is_refused() {
        let rest = "abcdefghijklmnopqrstuuXZXZrzoc.FELdmHVfXFnqnXNg58.snC";
        for bad in [
            "$2b".to_owned(),
            "$2b$06".to_owned(),
            format!("$2b$6${rest}"),
            format!("$2b$+6${rest}"),
            format!("$2b$03${rest}"),
            format!("$2b$06${rest}x"),
            format!("$2b$06${}", &rest[..52]),
            format!("$2b$06${}", rest.replace('X', "=")),
            format!("$2b$06$\u{e4}{}", &rest[2..]),
            format!("$2b$06$abcdefghijklmnopqrstu\u{e4}{}", &rest[23..]),
        ] {
            let refused = recognize(&bad).unwrap_err();
            assert!(
                matches!(
                    refused,
                    UnknownHash::Malformed {
                        kind: HashKind::Bcrypt,
                        ..
                    }
                ),
                "{bad}: {refused}"
            );
        }
    }

    #[test]
    fn a_cost_that_could_take_the_server_down_is_refused() {
        let costly = "$2b$15$abcdefghijklmnopqrstuuXZXZrzoc.FELdmHVfXFnqnXNg58.snC";
        let told = recognize(costly).unwrap_err().to_string();
        assert!(told.contains("bcrypt") && told.contains("14"), "{told}");
        assert!(recognize(&costly.replace("$15$", "$14$")).is_ok());
    }
}
