use std::rc::Rc;

use argon2::password_hash::CustomizedPasswordHasher;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        Error, PasswordVerifier,
        phc::{self, Ident},
    },
};
use async_trait::async_trait;
use iam_config::PasswordParameters;
use iam_model::{PasswordHash, Secret};
use iam_platform::{Platform, random};
use zeroize::Zeroize;

use crate::password::{HashError, PasswordHasher, Verdict, prepared};

/// Argon2id (RFC 9106) in this process.
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

    fn is_current(&self, hash: &phc::PasswordHash) -> bool {
        let parameters = Params::try_from(hash).ok();
        hash.algorithm == Ident::new_unwrap("argon2id")
            && parameters.is_some_and(|p| {
                p.m_cost() == self.parameters.memory_kib
                    && p.t_cost() == self.parameters.iterations
                    && p.p_cost() == self.parameters.parallelism
            })
    }

    fn hash_now(&self, password: &str) -> Result<PasswordHash, HashError> {
        let mut prepared = prepared(password).into_owned();
        // RFC 9106 §3.1 recommends 16 bytes of salt.
        let salt = random::<16>(&*self.platform);
        let hash = Argon2::default().hash_password_customized(
            prepared.as_bytes(),
            &salt,
            Some(Algorithm::Argon2id.as_str()),
            Some(Version::V0x13.into()),
            self.params()?,
        );
        prepared.zeroize();
        let hash: phc::PasswordHash = hash.map_err(|e| HashError::Internal(e.to_string()))?;
        Ok(PasswordHash::new(hash.to_string()))
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
        let hash = phc::PasswordHash::new(hash.expose())
            .map_err(|_| HashError::Internal("the stored hash is not a PHC string".to_owned()))?;
        let mut prepared = prepared(password.expose()).into_owned();
        let outcome = Argon2::default().verify_password(prepared.as_bytes(), &hash);
        prepared.zeroize();
        match outcome {
            Ok(()) if self.is_current(&hash) => Ok(Verdict::Valid),
            Ok(()) => Ok(Verdict::Outdated),
            Err(Error::PasswordInvalid) => Ok(Verdict::Invalid),
            Err(error) => Err(HashError::Internal(error.to_string())),
        }
    }
}
