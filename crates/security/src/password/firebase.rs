use aes::Aes256;
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit, StreamCipher},
};
use scrypt::Params;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    encoding::base64,
    recognize::{HashKind, UnknownHash},
    scrypt::params,
    stored::Foreign,
};

const KIND: HashKind = HashKind::Firebase;

/// A hash of Firebase Authentication, in the form in which Ory Kratos imports it:
/// `$firescrypt$ln=14,r=8,p=1$<salt>$<hash>$<salt separator>$<signer key>`, in base64.
///
/// `ln` is Firebase's `mem_cost` and `r` its `rounds`; separator and signer key are the same for
/// all users of a project. scrypt turns password, salt and separator into a key, and the hash is
/// the signer key encrypted with that.
pub(super) struct Firebase {
    params: Params,
    /// The salt with the separator behind it.
    salt: Vec<u8>,
    signer_key: Vec<u8>,
    hash: Vec<u8>,
}

impl Firebase {
    pub(super) fn parse(text: &str) -> Result<Self, UnknownHash> {
        let fields: Vec<_> = text.split('$').collect();
        let [_, _, cost, salt, hash, separator, signer_key] = fields[..] else {
            return Err(KIND.malformed("not seven fields"));
        };
        let bytes = |text| base64(text).ok_or(KIND.malformed("a field is not base64"));
        let parsed = Self {
            params: params(KIND, cost)?,
            salt: [bytes(salt)?, bytes(separator)?].concat(),
            signer_key: bytes(signer_key)?,
            hash: bytes(hash)?,
        };
        // Of nothing, nothing is the encryption under every key.
        if parsed.hash.len() < 16 || parsed.hash.len() != parsed.signer_key.len() {
            return Err(KIND.malformed("hash and signer key are not equally long, from 16 bytes"));
        }
        Ok(parsed)
    }
}

impl Foreign for Firebase {
    fn matches(&self, password: &[u8]) -> bool {
        let mut key = Zeroizing::new([0; 32]);
        if scrypt::scrypt(password, &self.salt, &self.params, &mut *key).is_err() {
            // It fails only for a key of no bytes.
            return false;
        }
        let mut hash = self.signer_key.clone();
        // The counter starts at zero, always: each password has a key of its own.
        Ctr128BE::<Aes256>::new((&*key).into(), &[0; 16].into()).apply_keystream(&mut hash);
        hash.ct_eq(&self.hash).into()
    }
}

#[cfg(test)]
mod tests {
    use super::{Firebase, Foreign};
    use crate::{HashKind, UnknownHash, recognize};

    // The example of Firebase's own scrypt utility.
    const SALT: &str = "42xEC+ixf3L2lw==";
    const HASH: &str =
        "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
    const SIGNER_KEY: &str =
        "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";

    fn text(cost: &str, hash: &str, signer_key: &str) -> String {
        format!("$firescrypt${cost}${SALT}${hash}$Bw==${signer_key}")
    }

    #[test]
    fn the_example_of_firebase_holds() {
        let hash = Firebase::parse(&text("ln=14,r=8,p=1", HASH, SIGNER_KEY)).unwrap();
        assert!(hash.matches(b"user1password"));
        assert!(!hash.matches(b"user2password"));
        assert!(!hash.matches(b""));
    }

    #[test]
    fn a_damaged_hash_is_refused() {
        for bad in [
            "$firescrypt".to_owned(),
            text("ln=14,r=8", HASH, SIGNER_KEY),
            text("ln=14,r=8,p=1", "", ""),
            text("ln=14,r=8,p=1", "Bw==", "Bw=="),
            text("ln=14,r=8,p=1", HASH, SALT),
            text("ln=14,r=8,p=1", "*", SIGNER_KEY),
            text("ln=14,r=8,p=1", HASH, SIGNER_KEY) + "$",
        ] {
            let refused = recognize(&bad).unwrap_err();
            assert!(
                matches!(
                    refused,
                    UnknownHash::Malformed {
                        kind: HashKind::Firebase,
                        ..
                    }
                ),
                "{bad}: {refused}"
            );
        }
    }

    #[test]
    fn a_cost_that_could_take_the_server_down_is_refused() {
        for costly in ["ln=31,r=8,p=1", "ln=14,r=1024,p=1", "ln=14,r=8,p=1024"] {
            let refused = recognize(&text(costly, HASH, SIGNER_KEY)).unwrap_err();
            assert!(
                matches!(
                    refused,
                    UnknownHash::TooCostly {
                        kind: HashKind::Firebase,
                        ..
                    }
                ),
                "{costly}: {refused}"
            );
        }
    }
}
