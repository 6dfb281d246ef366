use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::{
    encoding::{base64, number, numbers},
    recognize::{HashKind, UnknownHash},
    stored::Foreign,
};

const KIND: HashKind = HashKind::Pbkdf2;

/// The most iterations, counted for each block of the hash: one takes as long as the next.
const MAX_ITERATIONS: usize = 2_000_000;

/// A hash of PBKDF2 (RFC 8018 §5.2) with HMAC.
pub(super) struct Pbkdf2 {
    digest: Digest,
    iterations: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    fn of(identifier: &str) -> Option<Self> {
        match identifier {
            // passlib's first PBKDF2 hash is named after no digest.
            "pbkdf2" | "pbkdf2-sha1" | "pbkdf2_sha1" => Some(Self::Sha1),
            "pbkdf2-sha256" | "pbkdf2_sha256" => Some(Self::Sha256),
            "pbkdf2-sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

impl Pbkdf2 {
    pub(super) fn parse(text: &str) -> Result<Self, UnknownHash> {
        let fields: Vec<_> = text.split('$').collect();
        let (identifier, iterations, salt, hash) = match fields[..] {
            ["", id, cost, salt, hash] if cost.starts_with("i=") => {
                let (iterations, length) = cost_of_phc(cost)?;
                let hash = base64(hash).filter(|h| length.is_none_or(|l| l == h.len()));
                (id, Some(iterations), base64(salt), hash)
            }
            ["", id, rounds, salt, hash] => (id, number(rounds), ab64(salt), ab64(hash)),
            // Django's salt is text.
            [id, rounds, salt, hash] => (
                id,
                number(rounds),
                Some(salt.as_bytes().to_vec()),
                base64(hash),
            ),
            _ => return Err(KIND.malformed("too many or too few fields")),
        };
        let hash = hash.filter(|hash| (16..=512).contains(&hash.len()));
        Self {
            digest: Digest::of(identifier).ok_or(KIND.malformed("digest unknown"))?,
            iterations: iterations.ok_or(KIND.malformed("the rounds are not a number"))?,
            salt: salt.ok_or(KIND.malformed("the salt is not base64"))?,
            hash: hash.ok_or(KIND.malformed("the hash is not l bytes, 16 to 512, in base64"))?,
        }
        .within_bounds()
    }

    fn within_bounds(self) -> Result<Self, UnknownHash> {
        if self.iterations == 0 {
            return Err(KIND.malformed("no iterations"));
        }
        let blocks = self.hash.len().div_ceil(self.digest.bytes());
        let iterations = usize::try_from(self.iterations).ok();
        match iterations.and_then(|i| i.checked_mul(blocks)) {
            Some(..=MAX_ITERATIONS) => Ok(self),
            _ => Err(KIND.too_costly("2,000,000 iterations for each 20, 32 or 64 bytes of hash")),
        }
    }
}

impl Foreign for Pbkdf2 {
    fn matches(&self, password: &[u8]) -> bool {
        let mut hash = vec![0; self.hash.len()];
        let derive = match self.digest {
            Digest::Sha1 => pbkdf2_hmac::<Sha1>,
            Digest::Sha256 => pbkdf2_hmac::<Sha256>,
            Digest::Sha512 => pbkdf2_hmac::<Sha512>,
        };
        derive(password, &self.salt, self.iterations, &mut hash);
        hash.ct_eq(&self.hash).into()
    }
}

/// The iterations of `i=1000,l=32`, and the length of the hash if it is there.
fn cost_of_phc(text: &str) -> Result<(u32, Option<usize>), UnknownHash> {
    if let Some([iterations]) = numbers(text, ["i"]) {
        return Ok((iterations, None));
    }
    let [iterations, length] =
        numbers(text, ["i", "l"]).ok_or(KIND.malformed("the parameters are not i and l"))?;
    Ok((iterations, usize::try_from(length).ok()))
}

/// passlib's base64 has `.` for `+`, and no padding.
fn ab64(text: &str) -> Option<Vec<u8>> {
    base64(&text.replace('.', "+"))
}

#[cfg(test)]
mod tests;
