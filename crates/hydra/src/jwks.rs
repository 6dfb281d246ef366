use bytes::Bytes;

use crate::{Hydra, HydraError};

impl Hydra {
    /// The public keys that verify our tokens, as a JWK set (RFC 7517 §5): of the key that signs,
    /// of the next one, and of those whose tokens may not have expired yet.
    pub async fn jwks(&self) -> Result<Bytes, HydraError> {
        let keys = self.signing_keys().await?;
        Ok(keys.published().to_string().into())
    }
}
