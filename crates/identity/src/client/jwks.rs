use iam_hydra::signing_algorithm;
use serde_json::{Map, Value, json};

use crate::Violation;

/// The most keys of a client.
const MAX: usize = 20;

/// The members of a JWK that are secret (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What keeps `jwks` from being a set of public keys (RFC 7517 §5). Whether a key has the numbers
/// that its type prescribes Hydra says.
pub(super) fn flaws(jwks: &Value) -> Vec<Violation> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let Some(keys) = keys.filter(|keys| (1..=MAX).contains(&keys.len())) else {
        let detail = format!("must be a JWK set of 1 to {MAX} keys: {{\"keys\": […]}}");
        return vec![Violation::new("/jwks", detail)];
    };
    let wrong: Vec<_> = keys
        .iter()
        .enumerate()
        .filter_map(|(index, key)| {
            let detail = flaw(key.as_object())?;
            Some(Violation::new(format!("/jwks/keys/{index}"), detail))
        })
        .collect();
    if !wrong.is_empty() {
        return wrong;
    }
    let mut algorithms = keys
        .iter()
        .map(|key| signing_algorithm(&json!({ "keys": [key] })));
    let first = algorithms.next().flatten();
    if first.is_some() && algorithms.all(|other| other == first) {
        return Vec::new();
    }
    let detail = "must all be for the same one of ES256, ES384, ES512, RS256, RS384, RS512, PS256, \
        PS384, PS512";
    vec![Violation::new("/jwks", detail)]
}

fn flaw(key: Option<&Map<String, Value>>) -> Option<&'static str> {
    let Some(key) = key else {
        return Some("must be an object");
    };
    if PRIVATE.iter().any(|name| key.contains_key(*name)) {
        return Some("holds a private key: send its public part only, and make a new one");
    }
    let numbers: &[&str] = match key.get("kty").and_then(Value::as_str) {
        Some("EC") => &["crv", "x", "y"],
        Some("RSA") => &["n", "e"],
        _ => return Some("must have a `kty` that is EC or RSA"),
    };
    let lacks = |name: &&str| key.get(*name).and_then(Value::as_str).is_none();
    numbers
        .iter()
        .any(lacks)
        .then_some("lacks a part of its public key")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::flaws;

    #[track_caller]
    fn check(jwks: &Value, expected: &[&str]) {
        let flaws = flaws(jwks);
        let pointers: Vec<_> = flaws.iter().map(|flaw| flaw.pointer.as_str()).collect();
        assert_eq!(pointers, expected, "{jwks}");
    }

    #[test]
    fn a_set_of_public_keys_is_taken() {
        let ec = json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "1"});
        let rsa = json!({"kty": "RSA", "n": "AA", "e": "AQAB", "use": "sig"});
        check(&json!({"keys": [ec, ec]}), &[]);
        check(&json!({"keys": [rsa]}), &[]);
        // Hydra knows one algorithm of a client.
        check(&json!({"keys": [ec, rsa]}), &["/jwks"]);
    }

    #[test]
    fn what_is_secret_or_no_key_is_refused() {
        let ec = json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"});
        for name in super::PRIVATE {
            let mut private = ec.clone();
            private[name] = "AA".into();
            check(&json!({"keys": [ec, private]}), &["/jwks/keys/1"]);
        }
        check(
            &json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "AA"}]}),
            &["/jwks/keys/0"],
        );
        check(&json!({"keys": [{"kty": "oct"}]}), &["/jwks/keys/0"]);
        check(&json!({"keys": ["AA"]}), &["/jwks/keys/0"]);
        for none in [
            json!({}),
            json!([]),
            json!({"keys": []}),
            json!({"keys": vec![ec; 21]}),
        ] {
            check(&none, &["/jwks"]);
        }
    }
}
