use std::{fmt::Display, time::Duration};

use iam_model::Timestamp;
use serde_json::{Value, json};

use super::{
    super::kid::Kid,
    KeyState::{self, Active, Next, Retired},
    STAYS, SigningKeys,
};

const PUBLISH: Duration = Duration::from_mins(65);

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1000)
}

/// The key of RFC 7515 appendix A.3, called `kid`.
fn jwk(kid: &impl Display) -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid.to_string(),
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    })
}

fn set(kids: &[Kid]) -> SigningKeys {
    SigningKeys::new(kids.iter().rev().map(jwk).collect())
}

/// A key that was made at the first second and signs from the second on.
fn planned(created: i64, signs_from: i64) -> Kid {
    Kid::planned(at(created), at(signs_from), [0; 4])
}

#[track_caller]
fn states(keys: &SigningKeys, now: i64, expected: &[KeyState]) {
    let statuses = keys.statuses(at(now));
    let states: Vec<_> = statuses.iter().map(|status| status.state).collect();
    assert_eq!(states, expected, "at {now}");
}

fn published(keys: &SigningKeys) -> usize {
    keys.published()["keys"].as_array().unwrap().len()
}

#[test]
fn the_first_key_signs_before_its_time() {
    let first = planned(0, 3900);
    let keys = set(&[first]);
    assert_eq!(keys.signing(at(0)).unwrap().0, first);
    states(&keys, 0, &[Active]);
    assert_eq!(keys.statuses(at(1))[0].signs_from, at(0));
    assert!(SigningKeys::new(Vec::new()).signing(at(0)).is_err());
}

#[test]
fn of_two_first_keys_the_later_is_published_before_it_signs() {
    let keys = set(&[planned(0, 3900), planned(1, 3901)]);
    states(&keys, 1, &[Active, Next]);
    states(&keys, 3900, &[Active, Next]);
    states(&keys, 3901, &[Retired, Active]);
}

#[test]
fn a_key_is_next_then_active_then_retired_then_removable() {
    let first = planned(0, 0);
    let second = set(&[first]).successor(at(100), PUBLISH, [0; 4]);
    assert_eq!(second, planned(100, 4000));
    let keys = set(&[first, second]);
    states(&keys, 3999, &[Active, Next]);
    assert_eq!(keys.coming(at(3999)), [second]);
    states(&keys, 4000, &[Retired, Active]);
    assert!(keys.coming(at(4000)).is_empty());
    assert_eq!(published(&keys), 2);
    let gone = at(4000).plus(STAYS);
    assert!(keys.removable(at(4001)).is_empty());
    assert_eq!(keys.removable(gone), [first]);
    let status = &keys.statuses(at(4001))[0];
    assert_eq!(
        (status.retires_at, status.removable_at),
        (Some(at(4000)), Some(gone))
    );
}

#[test]
fn the_newest_key_is_never_removable() {
    let keys = set(&[planned(0, 0)]);
    assert!(keys.removable(Timestamp::from_millis(i64::MAX)).is_empty());
}

#[test]
fn a_key_that_is_made_by_a_clock_that_is_behind_comes_last_all_the_same() {
    let ahead = planned(500, 4400);
    let next = set(&[ahead]).successor(at(100), PUBLISH, [0; 4]);
    assert!(next > ahead && next.created_at > ahead.created_at);
    let replacement = set(&[ahead]).replacement(at(100), [0; 4]);
    let keys = set(&[ahead, replacement]);
    assert_eq!(keys.signing(at(100)).unwrap().0, replacement);
}

#[test]
fn an_emergency_puts_all_older_keys_out_of_use_at_once() {
    let (first, next) = (planned(0, 0), planned(100, 4000));
    let emergency = set(&[first, next]).replacement(at(200), [0; 4]);
    let keys = set(&[first, next, emergency]);
    assert_eq!(keys.signing(at(200)).unwrap().0, emergency);
    assert_eq!(keys.signing(at(5000)).unwrap().0, emergency);
    assert_eq!(published(&keys), 1);
    assert_eq!(keys.removable(at(200)), [first, next]);
    let states: Vec<_> = keys.statuses(at(200)).iter().map(|s| s.state).collect();
    assert_eq!(states.iter().filter(|s| **s == Active).count(), 1);
    assert!(!states.contains(&Next));
    let later = keys.successor(at(300), PUBLISH, [0; 4]);
    let keys = set(&[first, next, emergency, later]);
    assert_eq!(keys.coming(at(300)), [later]);
    assert_eq!(keys.signing(later.signs_from).unwrap().0, later);
}

#[test]
fn a_private_part_is_never_published_and_a_strange_key_is_not_ours() {
    let mut keys = vec![
        jwk(&planned(0, 0)),
        jwk(&"somebody-elses"),
        json!({}),
        json!(null),
    ];
    keys.push(json!({"kid": planned(1, 1).to_string(), "kty": "RSA"}));
    let published = SigningKeys::new(keys).published();
    let published = published["keys"].as_array().unwrap();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0]["alg"], "ES256");
    assert!(published[0].get("d").is_none());
}

#[test]
fn only_an_id_token_that_a_published_key_has_signed_is_a_hint() {
    let first = planned(0, 0);
    let keys = set(&[first]);
    let key = keys.signer(at(0)).unwrap();
    let token = super::super::tokens::sign_jwt(br#"{"sub":"a"}"#, &key);
    let claims = keys.id_token_claims(&token);
    assert_eq!(claims.as_deref(), Some(&br#"{"sub":"a"}"#[..]));
    let access_token = key.sign("at+jwt", b"{}");
    let emergency = keys.replacement(at(1), [0; 4]);
    assert_eq!(keys.id_token_claims(&access_token), None);
    assert_eq!(set(&[first, emergency]).id_token_claims(&token), None);
    assert_eq!(keys.id_token_claims("a.b.c"), None);
}
