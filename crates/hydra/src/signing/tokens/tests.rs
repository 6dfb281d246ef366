use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use iam_security::{Es256Key, access_token_hash};
use serde_json::{Value, json};

use super::sign_answer;
use crate::signing::original;

/// The key of RFC 7515 appendix A.3.
fn key() -> Es256Key {
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "kid": "ours",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    });
    Es256Key::from_jwk(&jwk).unwrap()
}

fn encode(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

/// A token of Hydra's.
fn token(payload: &str) -> String {
    let header = encode(r#"{"alg":"ES256","kid":"hydras","typ":"JWT"}"#);
    format!("{header}.{}.c2ln", encode(payload))
}

fn part(token: &Value, index: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn sign(answer: &str) -> Option<Value> {
    let signed = sign_answer(answer.as_bytes(), &key()).ok()?;
    Some(serde_json::from_slice(&signed).unwrap())
}

#[test]
fn the_tokens_are_ours_and_the_rest_stays_as_it_was() {
    let hydras = token(r#"{"sub":"a","at_hash":"x","claims":{"n":1.10}}"#);
    let answer = json!({
        "access_token": hydras, "id_token": hydras, "refresh_token": "r", "expires_in": 900,
    });
    let signed = sign(&answer.to_string()).unwrap();
    assert_eq!(
        (&signed["refresh_token"], &signed["expires_in"]),
        (&json!("r"), &json!(900))
    );
    let (access_token, id_token) = (&signed["access_token"], &signed["id_token"]);
    assert_eq!(part(access_token, 0)["kid"], "ours");
    assert_eq!(part(access_token, 0)["typ"], "at+jwt");
    let mut claims = part(access_token, 1);
    assert!(claims.as_object_mut().unwrap().remove("orig_jws").is_some());
    assert_eq!(claims, part(&answer["access_token"], 1));
    assert_eq!(
        part(id_token, 0),
        json!({"alg": "ES256", "kid": "ours", "typ": "JWT"})
    );
    let hash = access_token_hash(access_token.as_str().unwrap());
    assert_eq!(part(id_token, 1)["at_hash"], *hash);
    assert_eq!(part(id_token, 1)["sub"], "a");
    assert_eq!(original(access_token.as_str().unwrap()), hydras);
}

#[test]
fn a_number_in_a_claim_is_not_rounded() {
    let hydras = token(r#"{"claims":{"n":1.10,"big":12345678901234567890123}}"#);
    let answer = json!({"access_token": hydras, "id_token": hydras});
    let signed = sign(&answer.to_string()).unwrap();
    let payload = signed["id_token"]
        .as_str()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap();
    let payload = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert!(
        payload.contains(r#"{"n":1.10,"big":12345678901234567890123}"#),
        "{payload}"
    );
}

#[test]
fn what_is_no_token_response_with_a_jwt_is_a_defect() {
    for answer in [
        "",
        "[]",
        "{}",
        r#"{"access_token":7}"#,
        r#"{"access_token":"ory_at_opaque.sig"}"#,
        r#"{"access_token":"a.b.c","id_token":"a.!.c"}"#,
        r#"{"access_token":"a.b.c","id_token":"a.W10.c"}"#,
    ] {
        assert!(sign(answer).is_none(), "{answer}");
    }
}
