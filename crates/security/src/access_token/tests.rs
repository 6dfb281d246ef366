use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use iam_model::Timestamp;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use pbkdf2::hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{AccessToken, Expected, InvalidToken, JwkSet, verify_access_token};

mod hydra;

const EXPECTED: Expected<'_> = Expected {
    issuer: "https://iam.example",
    audience: "https://iam.example",
};
const NOW: i64 = 1_800_000_000;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

/// The public key of `seed`, in uncompressed form.
fn point(seed: u8) -> Vec<u8> {
    let key = *signing_key(seed).verifying_key();
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// The keys `a` and `b`, of the seeds 1 and 2.
fn keys() -> JwkSet {
    let jwk = |kid: &str, seed| {
        let point = point(seed);
        let (x, y) = (encode(&point[1..33]), encode(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y})
    };
    serde_json::from_value(json!({"keys": [jwk("a", 1), jwk("b", 2)]})).unwrap()
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": "a", "typ": "JWT"})
}

fn claims() -> Value {
    json!({
        "iss": "https://iam.example", "sub": "01890a5d-ac96-774b-bcce-b302099a8057",
        "aud": ["https://iam.example"], "iat": NOW - 60, "nbf": NOW - 60, "exp": NOW + 840,
        "jti": "02fc8f16-42d2-472b-b651-5eb462930322", "client_id": "web",
        "scope": "openid profile", "tenant": "demo", "roles": ["clerk"],
        "permissions": ["order.read"], "acr": "pwd", "amr": ["pwd"],
    })
}

/// `value` with the members of `changes`; those that are null are taken out.
fn with(mut value: Value, changes: &Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
        if change.is_null() {
            value.as_object_mut().unwrap().remove(name);
        }
    }
    value
}

fn signed_text(header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature: Signature = signing_key(1).sign(signed.as_bytes());
    format!("{signed}.{}", encode(signature.to_bytes()))
}

fn signed(header: &Value, claims: &Value) -> String {
    signed_text(&header.to_string(), &claims.to_string())
}

fn verify(token: &str) -> Result<AccessToken, InvalidToken> {
    verify_access_token(
        token,
        &keys(),
        &EXPECTED,
        Timestamp::from_millis(NOW * 1000),
    )
}

#[track_caller]
fn header_gives(changes: &Value, expected: InvalidToken) {
    let token = signed(&with(header(), changes), &claims());
    assert_eq!(verify(&token), Err(expected), "{changes}");
}

#[track_caller]
fn claims_give(changes: &Value, expected: Result<(), InvalidToken>) {
    let token = signed(&header(), &with(claims(), changes));
    assert_eq!(verify(&token).map(|_| ()), expected, "{changes}");
}

#[test]
fn a_token_of_our_issuer_says_who_may_do_what() {
    let token = verify(&signed(&header(), &claims())).unwrap();
    let seconds = |s| Timestamp::from_millis(s * 1000);
    assert_eq!(
        token,
        AccessToken {
            subject: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            client_id: "web".parse().unwrap(),
            tenant: "demo".parse().unwrap(),
            roles: vec!["clerk".parse().unwrap()],
            permissions: vec!["order.read".parse().unwrap()],
            acr: "pwd".to_owned(),
            scope: "openid profile".parse().unwrap(),
            issued_at: seconds(NOW - 60),
            expires_at: seconds(NOW + 840),
            jwt_id: "02fc8f16-42d2-472b-b651-5eb462930322".to_owned(),
        }
    );
}

#[test]
fn the_type_of_rfc_9068_is_accepted_too_and_others_are_not() {
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"] {
        let token = signed(&with(header(), &json!({"typ": typ})), &claims());
        assert!(verify(&token).is_ok(), "{typ}");
    }
    for typ in [
        json!("dpop+jwt"),
        json!("logout+jwt"),
        json!(""),
        Value::Null,
    ] {
        header_gives(&json!({"typ": typ}), InvalidToken::Type);
    }
}

#[test]
fn a_changed_payload_or_signature_is_refused() {
    let token = signed(&header(), &claims());
    let [head, _, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{token}");
    };
    let forged = encode(with(claims(), &json!({"roles": ["admin"]})).to_string());
    let forged = format!("{head}.{forged}.{signature}");
    assert_eq!(verify(&forged), Err(InvalidToken::Signature));
    let start = token.len() - signature.len();
    for at in start..token.len() {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        let forged = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        assert_eq!(verify(&forged), Err(InvalidToken::Signature), "{at}");
    }
    for wrong in [
        "",
        "AA",
        &encode([0; 64]),
        &format!("{signature}="),
        &signature[..84],
    ] {
        let forged = format!("{}{wrong}", &token[..start]);
        assert_eq!(verify(&forged), Err(InvalidToken::Signature), "{wrong}");
    }
}

#[test]
fn either_form_of_a_signature_is_accepted() {
    let token = signed(&header(), &claims());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = Signature::from_slice(&bytes).unwrap().split_scalars();
    let other = Signature::from_scalars(r, -s).unwrap();
    let token = format!("{signed}.{}", encode(other.to_bytes()));
    assert!(verify(&token).is_ok());
}

#[test]
fn a_token_that_is_not_signed_is_refused() {
    for alg in ["none", "None", "NONE", ""] {
        header_gives(&json!({"alg": alg}), InvalidToken::Algorithm);
        let head = with(header(), &json!({"alg": alg}));
        let token = format!(
            "{}.{}.",
            encode(head.to_string()),
            encode(claims().to_string())
        );
        assert_eq!(verify(&token), Err(InvalidToken::Algorithm));
    }
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let head = with(header(), &json!({"alg": "HS256"}));
    let signed = format!(
        "{}.{}",
        encode(head.to_string()),
        encode(claims().to_string())
    );
    let mac = Hmac::<Sha256>::new_from_slice(&point(1)).unwrap();
    let tag = mac.chain_update(&signed).finalize().into_bytes();
    let token = format!("{signed}.{}", encode(tag));
    assert_eq!(verify(&token), Err(InvalidToken::Algorithm));
    for alg in ["RS256", "PS256", "ES384", "ES256K", "EdDSA", "es256"] {
        header_gives(&json!({"alg": alg}), InvalidToken::Algorithm);
    }
}

#[test]
fn the_key_is_the_one_the_token_names_among_ours() {
    header_gives(&json!({"kid": "b"}), InvalidToken::Signature);
    header_gives(&json!({"kid": "c"}), InvalidToken::UnknownKey);
    header_gives(&json!({"kid": ""}), InvalidToken::UnknownKey);
    header_gives(&json!({"kid": null}), InvalidToken::UnknownKey);
    let none = verify_access_token(
        &signed(&header(), &claims()),
        &JwkSet::default(),
        &EXPECTED,
        Timestamp::from_millis(NOW * 1000),
    );
    assert_eq!(none, Err(InvalidToken::UnknownKey));
}

#[test]
fn a_key_in_the_token_itself_is_not_looked_at() {
    let point = point(9);
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "a", "x": encode(&point[1..33]), "y": encode(&point[33..])});
    let head = with(
        header(),
        &json!({"jwk": jwk, "jku": "https://evil.example", "x5u": "https://evil.example"}),
    );
    let signed_text = format!(
        "{}.{}",
        encode(head.to_string()),
        encode(claims().to_string())
    );
    let signature: Signature = signing_key(9).sign(signed_text.as_bytes());
    let forged = format!("{signed_text}.{}", encode(signature.to_bytes()));
    assert_eq!(verify(&forged), Err(InvalidToken::Signature));
    assert!(verify(&signed(&head, &claims())).is_ok());
}

#[test]
fn an_extension_that_must_be_known_is_not() {
    for crit in [json!(["b64"]), json!(["exp"]), json!([]), json!("x")] {
        header_gives(&json!({"crit": crit, "b64": false}), InvalidToken::Critical);
    }
}

#[test]
fn issuer_and_audience_are_compared_to_the_character() {
    for iss in [
        "https://iam.example/",
        "https://IAM.example",
        "https://evil.example",
        "",
    ] {
        claims_give(&json!({"iss": iss}), Err(InvalidToken::Issuer));
    }
    claims_give(&json!({"aud": "https://iam.example"}), Ok(()));
    claims_give(
        &json!({"aud": ["https://other.example", "https://iam.example"]}),
        Ok(()),
    );
    for aud in [
        json!([]),
        json!(["web"]),
        json!("web"),
        json!(["https://iam.example/"]),
    ] {
        claims_give(&json!({"aud": aud}), Err(InvalidToken::Audience));
    }
}

#[test]
fn who_acts_for_another_does_nothing_here() {
    claims_give(
        &json!({"act": {"sub": "gateway"}}),
        Err(InvalidToken::Actor),
    );
}

#[test]
fn a_token_works_from_its_first_second_to_its_last_give_or_take_30() {
    claims_give(&json!({"exp": NOW - 29}), Ok(()));
    claims_give(&json!({"exp": NOW - 30}), Err(InvalidToken::Expired));
    claims_give(
        &json!({"exp": i64::MIN, "iat": i64::MIN}),
        Err(InvalidToken::Expired),
    );
    claims_give(&json!({"nbf": NOW + 30}), Ok(()));
    claims_give(&json!({"nbf": NOW + 31}), Err(InvalidToken::NotYetValid));
    claims_give(&json!({"nbf": null}), Ok(()));
    claims_give(&json!({"iat": NOW + 30}), Ok(()));
    claims_give(&json!({"iat": NOW + 31}), Err(InvalidToken::NotYetValid));
    claims_give(
        &json!({"iat": i64::MAX, "exp": i64::MAX}),
        Err(InvalidToken::NotYetValid),
    );
    claims_give(
        &json!({"iat": NOW + 20, "exp": NOW + 10}),
        Err(InvalidToken::Claims),
    );
}

#[test]
fn no_claim_of_an_access_token_may_be_missing_or_malformed() {
    for name in [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "jti",
        "client_id",
        "scope",
        "tenant",
        "roles",
        "permissions",
        "acr",
    ] {
        claims_give(&json!({ name: null }), Err(InvalidToken::Claims));
        claims_give(&json!({ name: {"a": 1} }), Err(InvalidToken::Claims));
    }
    for changes in [
        json!({"exp": "1800000840"}),
        json!({"exp": 1_800_000_840.5}),
        json!({"exp": 1e300}),
        json!({"sub": ""}),
        json!({"jti": ""}),
        json!({"tenant": "No Tenant"}),
        json!({"permissions": ["*"]}),
        json!({"roles": "admin"}),
    ] {
        claims_give(&changes, Err(InvalidToken::Claims));
    }
}

#[test]
fn a_claim_that_is_there_twice_is_refused() {
    let twice = claims()
        .to_string()
        .replacen('{', "{\"tenant\":\"operators\",", 1);
    let token = signed_text(&header().to_string(), &twice);
    assert_eq!(verify(&token), Err(InvalidToken::Claims));
    let twice = header().to_string().replacen('{', "{\"alg\":\"none\",", 1);
    let token = signed_text(&twice, &claims().to_string());
    assert_eq!(verify(&token), Err(InvalidToken::Malformed));
}

#[test]
fn what_is_no_token_is_refused() {
    let token = signed(&header(), &claims());
    for bad in [
        "",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c",
        "\u{e4}.\u{e4}.\u{e4}",
        &token[1..],
    ] {
        assert_eq!(verify(bad), Err(InvalidToken::Malformed), "{bad}");
    }
    for bad in ["null", "[]", "{}", "{\"alg\":7}", "not json", "\u{feff}{}"] {
        let token = signed_text(bad, &claims().to_string());
        assert_eq!(verify(&token), Err(InvalidToken::Malformed), "{bad}");
        let token = signed_text(&header().to_string(), bad);
        assert_eq!(verify(&token), Err(InvalidToken::Claims), "{bad}");
    }
    // A fourth part is part of the payload, which then is no base64.
    assert!(verify(&format!("{token}.AA")).is_err());
    assert!(verify(&format!(" {token}")).is_err());
    assert!(verify(&format!("{token}\n")).is_err());
}

#[test]
fn a_huge_token_is_not_looked_at() {
    let huge = with(claims(), &json!({"padding": "x".repeat(16 * 1024)}));
    assert_eq!(
        verify(&signed(&header(), &huge)),
        Err(InvalidToken::TooLong)
    );
    let deep = "[".repeat(10_000);
    let token = signed_text(&header().to_string(), &deep);
    assert_eq!(verify(&token), Err(InvalidToken::Claims));
}
