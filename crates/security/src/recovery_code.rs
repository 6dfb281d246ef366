use base32::Alphabet;
use iam_model::{CredentialId, RecoveryCodeDigest, RecoveryCodes, Secret, UserId, hex};
use iam_platform::{Platform, random};
use sha2::{Digest, Sha256};

/// How many codes a user is given.
const CODES: usize = 10;

/// The bytes of a code: 80 bits, more than the 64 of a look-up secret that needs no slow hash and
/// no salt (NIST SP 800-63B-4 §3.1.2.2).
const BYTES: usize = 10;

/// How many characters stand together.
const GROUP: usize = 4;

/// A code for who has lost their second factor: 16 characters in groups of four, such as
/// `7k3v-x9qm-2hdp-w8tn`.
///
/// The characters are those of [Crockford's base32], in which nothing looks like something else:
/// whoever reads O for 0, and I or L for 1, is understood, and so is who writes capitals, or leaves
/// the hyphens out.
///
/// [Crockford's base32]: https://www.crockford.com/base32.html
#[derive(Clone, Debug)]
pub struct RecoveryCode(Secret<String>);

impl RecoveryCode {
    /// New codes for a user: to be shown once, and to be stored.
    #[must_use]
    pub fn generate_set(platform: &dyn Platform, user: &UserId) -> (Vec<Self>, RecoveryCodes) {
        let codes: Vec<_> = (0..CODES).map(|_| Self::generate(platform)).collect();
        let now = platform.now();
        let set = RecoveryCodes {
            id: CredentialId::generate(now, random(platform)),
            user_id: *user,
            digests: codes.iter().map(Self::digest).collect(),
            updated_at: now,
        };
        (codes, set)
    }

    fn generate(platform: &dyn Platform) -> Self {
        let bytes = random::<BYTES>(platform);
        Self(base32::encode(Alphabet::Crockford, &bytes).into())
    }

    /// The code that somebody typed, whether or not there is such a code.
    #[must_use]
    pub fn typed(text: &Secret<String>) -> Self {
        let plain = text
            .expose()
            .chars()
            .filter(|c| *c != '-' && !c.is_whitespace());
        let code: String = plain
            .map(|character| match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        Self(code.into())
    }

    /// The code itself, as it is shown.
    #[must_use]
    pub fn expose(&self) -> Secret<String> {
        let mut shown = String::with_capacity(self.0.expose().len() * 2);
        for (at, character) in self.0.expose().chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                shown.push('-');
            }
            shown.push(character.to_ascii_lowercase());
        }
        shown.into()
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> RecoveryCodeDigest {
        RecoveryCodeDigest(hex(&Sha256::digest(self.0.expose())))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use iam_model::{Secret, Timestamp, UserId};

    use super::RecoveryCode;
    use crate::testing::Host;

    fn typed(text: &str) -> RecoveryCode {
        RecoveryCode::typed(&Secret::new(text.to_owned()))
    }

    #[test]
    fn a_set_has_ten_codes_of_which_no_two_are_the_same() {
        let user = UserId::generate(Timestamp::default(), [1; 10]);
        let (codes, set) = RecoveryCode::generate_set(&Host::default(), &user);
        assert_eq!((codes.len(), set.user_id), (10, user));
        let unique: BTreeSet<_> = set.digests.iter().collect();
        assert_eq!(unique.len(), 10);
        for (code, digest) in codes.iter().zip(&set.digests) {
            assert_eq!(code.digest(), *digest);
        }
    }

    #[test]
    fn a_code_is_sixteen_characters_in_groups_that_cannot_be_misread() {
        let code = RecoveryCode::generate(&Host::default()).expose();
        let groups: Vec<_> = code.expose().split('-').collect();
        assert_eq!(groups.len(), 4, "{groups:?}");
        for group in groups {
            assert_eq!(group.len(), 4);
            let readable = |c: char| "0123456789abcdefghjkmnpqrstvwxyz".contains(c);
            assert!(group.chars().all(readable), "{group}");
        }
    }

    #[test]
    fn a_code_is_understood_however_it_is_typed() {
        let digest = typed("0k1v-x9qm-2hdp-w8tn").digest();
        for text in [
            "0K1V-X9QM-2HDP-W8TN",
            "0k1vx9qm2hdpw8tn",
            " 0k1v x9qm 2hdp w8tn\n",
            "ok1v-x9qm-2hdp-w8tn",
            "OkLv-x9qm-2hdp-w8tn",
            "oKiV-x9qm-2hdp-w8tn",
        ] {
            assert_eq!(typed(text).digest(), digest, "{text}");
        }
        for text in [
            "",
            "0k1v-x9qm-2hdp-w8t",
            "0k1v-x9qm-2hdp-w8tm",
            "0k1v_x9qm_2hdp_w8tn",
        ] {
            assert_ne!(typed(text).digest(), digest, "{text}");
        }
        assert_eq!(
            typed("0K1VX9QM2HDPW8TN").expose().expose(),
            "0k1v-x9qm-2hdp-w8tn"
        );
    }

    #[test]
    fn debug_output_hides_the_code() {
        let shown = format!("{:?}", typed("0k1v"));
        assert!(!shown.to_lowercase().contains("0k1v"), "{shown}");
    }
}
