use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use serde::Deserialize;
use serde_json::Value;

use super::{InvalidToken, decode};

/// The public keys of an issuer (RFC 7517 §5), of which those for ES256 signatures are kept.
///
/// It deserializes from the document at `jwks_uri`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Document")]
pub struct JwkSet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    kid: String,
    key: VerifyingKey,
}

impl JwkSet {
    /// Whether `signature` is that of `message` by the key with this `kid`.
    pub(super) fn verify(
        &self,
        kid: &str,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), InvalidToken> {
        let mut keys = self.0.iter().filter(|key| key.kid == kid).peekable();
        if keys.peek().is_none() {
            return Err(InvalidToken::UnknownKey);
        }
        // RFC 7517 §4.5: two keys should not share a `kid`, but nothing breaks if they do.
        if keys.any(|key| key.key.verify(message, signature).is_ok()) {
            Ok(())
        } else {
            Err(InvalidToken::Signature)
        }
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl From<Document> for JwkSet {
    /// RFC 7517 §5: keys of other kinds, and keys that are not understood, are passed over.
    fn from(document: Document) -> Self {
        Self(document.keys.into_iter().filter_map(key).collect())
    }
}

/// A public key on a curve (RFC 7517 §4, RFC 7518 §6.2.1).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    y: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
}

fn key(value: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let verifies = jwk.kty == "EC"
        && jwk.crv == "P-256"
        && jwk.alg.is_none_or(|alg| alg == "ES256")
        && jwk.usage.is_none_or(|usage| usage == "sig")
        && jwk
            .key_ops
            .is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    if !verifies {
        return None;
    }
    let coordinate = |text| decode(text).filter(|bytes| bytes.len() == 32);
    // SEC 1 §2.3.3: an uncompressed point. That it is on the curve is checked.
    let point = [vec![4], coordinate(&jwk.x)?, coordinate(&jwk.y)?].concat();
    Some(Key {
        kid: jwk.kid,
        key: VerifyingKey::from_sec1_bytes(&point).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::JwkSet;

    /// The key of RFC 7515 appendix A.3, with some members replaced.
    fn set(changes: &Value) -> JwkSet {
        let mut key = json!({
            "kty": "EC", "crv": "P-256", "kid": "a", "use": "sig", "alg": "ES256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        for (name, value) in changes.as_object().unwrap() {
            key[name] = value.clone();
        }
        serde_json::from_value(json!({ "keys": [key] })).unwrap()
    }

    #[test]
    fn a_key_for_es256_signatures_is_kept() {
        for changes in [
            json!({}),
            json!({"alg": null, "use": null}),
            json!({"key_ops": ["verify"], "x5t": "…"}),
        ] {
            assert_eq!(set(&changes).0.len(), 1, "{changes}");
        }
    }

    #[test]
    fn a_key_for_anything_else_is_passed_over() {
        for changes in [
            json!({"kty": "RSA"}),
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"crv": "P-384"}),
            json!({"alg": "HS256"}),
            json!({"use": "enc"}),
            json!({"key_ops": ["sign"]}),
            json!({"kid": null}),
            json!({"x": "AA"}),
            json!({"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="}),
            // Not on the curve.
            json!({"y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"}),
        ] {
            assert!(set(&changes).0.is_empty(), "{changes}");
        }
    }

    #[test]
    fn one_bad_key_does_not_spoil_the_others() {
        let document = json!({"keys": [null, {"kty": 7}, {}]});
        assert!(
            serde_json::from_value::<JwkSet>(document)
                .unwrap()
                .0
                .is_empty()
        );
        assert!(serde_json::from_str::<JwkSet>("{}").is_err());
        assert!(serde_json::from_str::<JwkSet>("[]").is_err());
    }
}
