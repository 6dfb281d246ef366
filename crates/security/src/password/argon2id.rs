use std::rc::Rc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{CustomizedPasswordHasher, phc},
};
use async_trait::async_trait;
use iam_config::PasswordParameters;
use iam_model::{PasswordHash, Secret};
use iam_platform::{Platform, random};
use zeroize::Zeroizing;

use super::{HashError, PasswordHasher, Verdict, argon2::Argon2Hash, prepared, stored::StoredHash};

/// Argon2id (RFC 9106) in this process. It verifies every kind of hash that
/// [`recognize`](crate::recognize) takes over, and makes its own kind only.
pub struct Argon2id {
    platform: Rc<dyn Platform>,
    parameters: PasswordParameters,
}

impl Argon2id {
    /// A hasher with these parameters for new hashes.
    #[must_use]
    pub fn new(platform: Rc<dyn Platform>, parameters: PasswordParameters) -> Self {
        Self {
            platform,
            parameters,
        }
    }

    fn params(&self) -> Result<Params, HashError> {
        let PasswordParameters {
            memory_kib,
            iterations,
            parallelism,
        } = self.parameters;
        Params::new(memory_kib, iterations, parallelism, None)
            .map_err(|e| HashError::Internal(e.to_string()))
    }

    fn hash_now(&self, password: &str) -> Result<PasswordHash, HashError> {
        let prepared = Zeroizing::new(prepared(password).into_owned());
        // RFC 9106 §3.1 recommends 16 bytes of salt.
        let salt = random::<16>(&*self.platform);
        let hash = Argon2::default().hash_password_customized(
            prepared.as_bytes(),
            &salt,
            Some(Algorithm::Argon2id.as_str()),
            Some(Version::V0x13.into()),
            self.params()?,
        );
        let hash: phc::PasswordHash = hash.map_err(|e| HashError::Internal(e.to_string()))?;
        Ok(PasswordHash::new(hash.to_string()))
    }

    /// A hash of Argon2 does not say who made it: we prepare passwords, others do not.
    fn verify_argon2(&self, password: &str, hash: &Argon2Hash) -> Result<Verdict, HashError> {
        let matches = |password: &str| {
            hash.matches(password.as_bytes())
                .map_err(|e| HashError::Internal(e.to_string()))
        };
        let prepared = Zeroizing::new(prepared(password).into_owned());
        if matches(&prepared)? {
            return Ok(if hash.is_current(self.parameters) {
                Verdict::Valid
            } else {
                Verdict::Outdated
            });
        }
        if *prepared != password && matches(password)? {
            return Ok(Verdict::Outdated);
        }
        Ok(Verdict::Invalid)
    }
}

#[async_trait(?Send)]
impl PasswordHasher for Argon2id {
    async fn hash(&self, password: &Secret<String>) -> Result<PasswordHash, HashError> {
        self.hash_now(password.expose())
    }

    async fn verify(
        &self,
        password: &Secret<String>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashError> {
        let Some(hash) = hash else {
            return self.hash_now(password.expose()).map(|_| Verdict::Invalid);
        };
        let stored = StoredHash::parse(hash.expose())
            .map_err(|e| HashError::Internal(format!("the stored hash is unusable: {e}")))?;
        match stored {
            StoredHash::Argon2(hash) => self.verify_argon2(password.expose(), &hash),
            // Who made it hashed the password as it was typed.
            StoredHash::Foreign(hash) => Ok(if hash.matches(password.expose().as_bytes()) {
                Verdict::Outdated
            } else {
                Verdict::Invalid
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use async_trait::async_trait;
    use bytes::Bytes;
    use futures_util::FutureExt;
    use http::{Request, Response};
    use iam_config::PasswordParameters;
    use iam_model::{PasswordHash, Secret, Timestamp};
    use iam_platform::{FetchError, Platform};

    use super::Argon2id;
    use crate::{PasswordHasher, Verdict, recognize};

    /// A host that hashing asks for randomness only.
    struct Host;

    #[async_trait(?Send)]
    impl Platform for Host {
        async fn fetch(&self, _: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
            Err(FetchError::Timeout)
        }
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(0)
        }
        fn fill_random(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
        fn log(&self, _: &str) {}
    }

    fn hasher(memory_kib: u32, iterations: u32) -> Argon2id {
        let parameters = PasswordParameters {
            memory_kib,
            iterations,
            parallelism: 1,
        };
        Argon2id::new(Rc::new(Host), parameters)
    }

    fn hash(hasher: &Argon2id, password: &str) -> PasswordHash {
        let password = Secret::new(password.to_owned());
        hasher.hash(&password).now_or_never().unwrap().unwrap()
    }

    #[track_caller]
    fn check(hasher: &Argon2id, password: &str, hash: Option<&PasswordHash>, expected: Verdict) {
        let password = Secret::new(password.to_owned());
        let verdict = hasher.verify(&password, hash).now_or_never().unwrap();
        assert_eq!(verdict.unwrap(), expected);
    }

    #[test]
    fn only_the_right_password_is_valid() {
        let hasher = hasher(64, 1);
        let stored = hash(&hasher, "correct horse");
        assert!(stored.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        check(&hasher, "correct horse", Some(&stored), Verdict::Valid);
        check(&hasher, "Correct horse", Some(&stored), Verdict::Invalid);
        check(&hasher, "", Some(&stored), Verdict::Invalid);
        check(&hasher, "correct horse", None, Verdict::Invalid);
    }

    #[test]
    fn a_hash_with_other_parameters_is_outdated() {
        let stored = hash(&hasher(64, 1), "correct horse");
        check(
            &hasher(64, 2),
            "correct horse",
            Some(&stored),
            Verdict::Outdated,
        );
        check(&hasher(64, 2), "wrong", Some(&stored), Verdict::Invalid);
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_one_password() {
        let hasher = hasher(64, 1);
        let stored = hash(&hasher, "p\u{e4}ss w\u{3000}rd");
        check(&hasher, "pa\u{308}ss w rd", Some(&stored), Verdict::Valid);
        check(&hasher, "pass w rd", Some(&stored), Verdict::Invalid);
    }

    #[test]
    fn a_hash_of_another_system_is_outdated_however_it_was_made() {
        // One of bcrypt, PBKDF2 and Argon2 each; all passwords are as they were typed there.
        let bcrypt = "$2b$06$abcdefghijklmnopqrstuuXZXZrzoc.FELdmHVfXFnqnXNg58.snC";
        let django = "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=";
        let argon2 = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
                      OFBcNcJzLeOPFXdlAlfVAbUoWGNPc58ceKOow53JKs8";
        for (password, hash) in [
            ("P\u{e4}ssw\u{f6}rd", bcrypt),
            ("l\u{e8}tmein", django),
            ("pa\u{308}ss w\u{3000}rd", argon2),
        ] {
            let hash = recognize(hash).unwrap();
            check(&hasher(64, 1), password, Some(&hash), Verdict::Outdated);
            check(&hasher(64, 1), "wrong", Some(&hash), Verdict::Invalid);
            check(&hasher(64, 1), "", Some(&hash), Verdict::Invalid);
        }
    }

    #[test]
    fn an_argon2i_hash_is_outdated_whatever_its_cost() {
        let argon2i = "$argon2i$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$\
                       z9I72wbMSDeAyh7icTuANjzy0FP+EIDsEC13iLHqWIk";
        let parameters = PasswordParameters {
            memory_kib: 64,
            iterations: 2,
            parallelism: 2,
        };
        let hasher = Argon2id::new(Rc::new(Host), parameters);
        let hash = recognize(argon2i).unwrap();
        check(&hasher, "p\u{e4}ssword", Some(&hash), Verdict::Outdated);
    }

    #[test]
    fn a_stored_hash_that_is_none_is_an_error_that_hides_it() {
        let password = Secret::new("x".to_owned());
        let broken = PasswordHash::new("hunter2".to_owned());
        let outcome = hasher(64, 1)
            .verify(&password, Some(&broken))
            .now_or_never();
        let error = outcome.unwrap().unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
