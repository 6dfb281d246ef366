use bytes::Bytes;
use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Hydra, HydraError,
    http::{Outgoing, json},
};

/// The sets Hydra signs access tokens and ID tokens with.
const SIGNING_SETS: [&str; 2] = ["hydra.jwt.access-token", "hydra.openid.id-token"];

#[derive(Serialize)]
struct NewKey {
    alg: &'static str,
    r#use: &'static str,
    kid: String,
}

impl Hydra {
    /// The public keys that verify our tokens, as a JWK set (RFC 7517 §5).
    pub async fn jwks(&self) -> Result<Bytes, HydraError> {
        let path = "/.well-known/jwks.json";
        let response = self
            .send(&self.settings.public, Outgoing::get(path, &[]))
            .await?;
        json::<Value>(path, &response)?;
        Ok(response.into_body())
    }

    /// Makes sure that there are ES256 keys to sign with. It must run before the first token:
    /// Hydra otherwise makes RSA keys, which cost each login half as much CPU again.
    pub async fn ensure_signing_keys(&self, kid: impl Fn() -> String) -> Result<(), HydraError> {
        for set in SIGNING_SETS {
            let path = format!("/admin/keys/{set}");
            let response = self
                .send(&self.settings.admin, Outgoing::get(&path, &[]))
                .await?;
            if response.status() != StatusCode::NOT_FOUND {
                json::<Value>(&path, &response)?;
                continue;
            }
            let key = NewKey {
                alg: "ES256",
                r#use: "sig",
                kid: kid(),
            };
            let _: Value = self.admin(Method::POST, &path, &key).await?;
        }
        Ok(())
    }
}
