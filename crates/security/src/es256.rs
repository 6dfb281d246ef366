use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A key that signs with ES256 (RFC 7518 §3.4). It has no `Debug`.
pub struct Es256Key {
    kid: String,
    key: SigningKey,
}

/// A private key on the curve P-256, as a JWK (RFC 7518 §6.2.2).
#[derive(Deserialize)]
struct PrivateJwk<'a> {
    kty: &'a str,
    crv: &'a str,
    kid: &'a str,
    d: &'a str,
}

/// A public key that verifies ES256 signatures, as a JWK (RFC 7517 §4, RFC 7518 §6.2.1).
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Es256PublicJwk<'a> {
    kty: &'a str,
    crv: &'a str,
    alg: &'static str,
    r#use: &'static str,
    kid: &'a str,
    x: &'a str,
    y: &'a str,
}

impl<'a> Es256PublicJwk<'a> {
    /// What of `jwk`, a public or a private key, anybody may have; `None` if it is of another kind.
    #[must_use]
    pub fn of(jwk: &'a Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name)?.as_str();
        let (kty, crv) = (text("kty")?, text("crv")?);
        (kty == "EC" && crv == "P-256").then_some(())?;
        Some(Self {
            kty,
            crv,
            alg: "ES256",
            r#use: "sig",
            kid: text("kid")?,
            x: text("x")?,
            y: text("y")?,
        })
    }
}

impl Es256Key {
    /// The key of a private JWK; `None` if it is no such JWK, or is for another curve.
    #[must_use]
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let jwk = PrivateJwk::deserialize(jwk).ok()?;
        if jwk.kty != "EC" || jwk.crv != "P-256" {
            return None;
        }
        let secret = BASE64_URL_SAFE_NO_PAD.decode(jwk.d).ok()?;
        Some(Self {
            kid: jwk.kid.to_owned(),
            key: SigningKey::from_slice(&secret).ok()?,
        })
    }

    /// The JWT (RFC 7519 §3) of these claims, whose header says `typ`. The same key signs the same
    /// thing in the same way (RFC 6979).
    #[must_use]
    pub fn sign(&self, typ: &str, claims: &[u8]) -> String {
        let header = json!({ "alg": "ES256", "kid": self.kid, "typ": typ }).to_string();
        let header = BASE64_URL_SAFE_NO_PAD.encode(header);
        let signed = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes());
        format!("{signed}.{signature}")
    }
}

/// The `at_hash` of an ID token that comes with this access token, both signed with ES256 (OIDC Core
/// §3.1.3.6): the left half of its SHA-256.
#[must_use]
pub fn access_token_hash(access_token: &str) -> String {
    let hash = Sha256::digest(access_token);
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..16])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Es256Key, Es256PublicJwk, access_token_hash};
    use crate::{JwkSet, signed_payload};

    /// The key of RFC 7515 appendix A.3.
    fn jwk() -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "kid": "a",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
        })
    }

    #[test]
    fn what_is_signed_verifies_with_the_public_part_alone() {
        let jwk = jwk();
        let key = Es256Key::from_jwk(&jwk).unwrap();
        let public = serde_json::to_value(Es256PublicJwk::of(&jwk).unwrap()).unwrap();
        assert_eq!((&public["x"], &public["y"]), (&jwk["x"], &jwk["y"]));
        assert_eq!(
            (&public["alg"], &public["use"]),
            (&json!("ES256"), &json!("sig"))
        );
        assert!(public.get("d").is_none());
        let keys: JwkSet = serde_json::from_value(json!({"keys": [public]})).unwrap();
        let token = key.sign("JWT", b"{}");
        assert_eq!(signed_payload(&token, &keys), Ok("e30"));
        assert_eq!(token, key.sign("JWT", b"{}"));
    }

    #[test]
    fn what_is_no_private_key_of_this_curve_is_none() {
        for (name, value) in [
            ("kty", json!("RSA")),
            ("crv", json!("P-384")),
            ("d", json!("AA")),
            ("d", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
            ("d", json!(null)),
            ("kid", json!(7)),
        ] {
            let mut jwk = jwk();
            jwk[name] = value;
            assert!(Es256Key::from_jwk(&jwk).is_none(), "{name}");
        }
    }

    #[test]
    fn the_hash_is_that_of_openid_connect() {
        // OIDC Core, appendix A.3: the ID token there is for this access token.
        assert_eq!(
            access_token_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
