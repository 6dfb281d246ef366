use std::time::Duration;

use iam_model::{ActorRef, ApiKey, Resource, ResourceKind, Timestamp};

use super::{
    API_KEY_TIME, ApiKeySpec, MAX_TIME, api_key, change_api_key, create_api_key,
    default_api_key_end, revoke_api_key,
};
use crate::{
    Actor, IdentityError,
    testing::{Bench, actor, now},
};

fn spec(permissions: &[&str], expires_at: Option<Timestamp>) -> ApiKeySpec {
    ApiKeySpec {
        name: "import".parse().unwrap(),
        permissions: permissions.iter().map(|p| p.parse().unwrap()).collect(),
        expires_at,
    }
}

fn create(bench: &Bench, spec: ApiKeySpec) -> Result<ApiKey, IdentityError> {
    now(create_api_key(&bench.admin(), spec)).map(|(key, _)| key)
}

fn change(bench: &Bench, key: &ApiKey, spec: ApiKeySpec) -> Result<ApiKey, IdentityError> {
    now(change_api_key(&bench.admin(), key.clone(), spec))
}

#[track_caller]
fn check_invalid(result: Result<ApiKey, IdentityError>, pointer: &str) {
    match result.err() {
        Some(IdentityError::Invalid(wrong)) => assert_eq!(wrong[0].pointer, pointer),
        other => panic!("{other:?}"),
    }
}

/// The bench whose actor is `key`.
fn as_key(mut bench: Bench, key: &ApiKey) -> Bench {
    bench.actor = Actor {
        reference: ActorRef {
            resource: Resource {
                kind: ResourceKind::ApiKey,
                id: key.id.to_string(),
            },
            tenant: Some(bench.tenant.name.clone()),
        },
        ..actor(&["iam.*"])
    };
    bench
}

#[test]
fn all_that_is_kept_of_a_key_is_its_digest() {
    let bench = Bench::new();
    let spec = spec(&["iam.users.*", "iam.keys.read"], None);
    let (key, secret) = now(create_api_key(&bench.admin(), spec)).unwrap();
    let kept = now(api_key(&bench.admin(), &key.id)).unwrap();
    assert!(secret.matches(&kept.digest));
    assert_eq!(kept, key);
    assert!(key.permissions.is_sorted());
    assert!(!format!("{kept:?}").contains(secret.expose().expose().as_str()));
}

#[test]
fn nobody_makes_a_key_that_may_do_what_they_may_not() {
    let mut bench = Bench::new();
    check_invalid(create(&bench, spec(&["order.write"], None)), "/permissions");
    let key = create(&bench, spec(&["iam.users.read"], None)).unwrap();
    bench.actor = actor(&["iam.keys.write", "iam.users.read"]);
    let beyond = |result: Result<ApiKey, _>| matches!(result, Err(IdentityError::Beyond(_)));
    assert!(beyond(create(&bench, spec(&["iam.*"], None))));
    assert!(beyond(change(
        &bench,
        &key,
        spec(&["iam.users.write"], None)
    )));
    assert!(change(&bench, &key, spec(&["iam.keys.write"], None)).is_ok());
}

#[test]
fn a_key_ends_in_the_future_and_within_ten_years() {
    let bench = Bench::new();
    let at = bench.admin().now();
    check_invalid(create(&bench, spec(&[], Some(at))), "/expires_at");
    let late = at.plus(MAX_TIME).plus(Duration::from_mins(1));
    check_invalid(create(&bench, spec(&[], Some(late))), "/expires_at");
    let key = create(&bench, spec(&[], Some(at.plus(API_KEY_TIME)))).unwrap();
    check_invalid(change(&bench, &key, spec(&[], Some(at))), "/expires_at");
}

#[test]
fn a_key_makes_and_prolongs_none_beyond_its_own_end() {
    let bench = Bench::new();
    let end = bench.admin().now().plus(API_KEY_TIME);
    let later = end.plus(Duration::from_millis(1));
    let key = create(&bench, spec(&["iam.keys.write"], Some(end))).unwrap();
    let bench = as_key(bench, &key);
    for too_late in [None, Some(later)] {
        check_invalid(create(&bench, spec(&[], too_late)), "/expires_at");
        check_invalid(change(&bench, &key, spec(&[], too_late)), "/expires_at");
    }
    assert!(create(&bench, spec(&[], Some(end))).is_ok());
}

#[test]
fn a_key_of_which_nobody_says_when_it_ends_does_so_after_90_days_or_with_the_key_that_made_it() {
    let bench = Bench::new();
    let start = bench.admin().now();
    let default = |bench: &Bench| now(default_api_key_end(&bench.admin())).unwrap();
    // The clock of a bench goes on at every look.
    let is_usual = |end: Timestamp| end.since(start.plus(API_KEY_TIME)) < Duration::from_secs(1);
    let soon = start.plus(Duration::from_hours(1));
    let short = create(&bench, spec(&["iam.keys.write"], Some(soon))).unwrap();
    let endless = create(&bench, spec(&["iam.keys.write"], None)).unwrap();
    assert!(default(&bench) > soon && is_usual(default(&bench)));
    let bench = as_key(bench, &short);
    assert_eq!(default(&bench), soon);
    let bench = as_key(bench, &endless);
    assert!(default(&bench) > soon && is_usual(default(&bench)));
}

#[test]
fn a_revoked_key_stays_revoked() {
    let bench = Bench::new();
    let key = create(&bench, spec(&[], None)).unwrap();
    let revoked = now(revoke_api_key(&bench.admin(), key)).unwrap();
    assert!(!revoked.is_usable(bench.admin().now()));
    let again = now(revoke_api_key(&bench.admin(), revoked.clone())).unwrap();
    assert_eq!(again, revoked);
    let changed = change(&bench, &revoked, spec(&[], None));
    assert!(matches!(changed, Err(IdentityError::State("revoked"))));
}
