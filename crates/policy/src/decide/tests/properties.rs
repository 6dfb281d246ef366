//! What holds whatever a tenant's admins write: a claim never names another tenant's role.

use std::collections::BTreeSet;

use iam_model::{
    ClaimMapping, ClaimName, ClaimSource, ClaimToken, Permission, Principal, RoleName,
};
use proptest::{
    collection::{btree_set, vec},
    prelude::*,
    test_runner::{Config, RngSeed},
};
use serde_json::{Value, json};

use super::{alice, client, decide_for, policy};
use crate::{AccessTokenClaims, Claims};

/// The same cases at every run.
fn config() -> Config {
    Config {
        cases: 300,
        rng_seed: RngSeed::Fixed(8),
        failure_persistence: None,
        ..Config::default()
    }
}

fn principals() -> impl Strategy<Value = Principal> {
    let roles = btree_set("own-[a-z]{1,4}", 0..4);
    let permissions = btree_set("own\\.[a-z]{1,4}", 0..6);
    (roles, permissions).prop_map(|(roles, permissions)| Principal {
        roles: roles.iter().map(|name| name.parse().unwrap()).collect(),
        permissions: permissions.iter().map(|p| p.parse().unwrap()).collect(),
        ..alice()
    })
}

/// Names that matter, and others.
fn claim_names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("roles".to_owned()),
        Just("permissions".to_owned()),
        Just("tenant".to_owned()),
        Just("tenant_id".to_owned()),
        Just("sub".to_owned()),
        Just("acr".to_owned()),
        Just("iss".to_owned()),
        "[a-z]{1,8}",
    ]
}

/// Mappings as they could be if nobody had checked them.
fn mappings() -> impl Strategy<Value = Vec<ClaimMapping>> {
    let sources = prop_oneof![
        Just("roles"),
        Just("permissions"),
        Just("groups"),
        Just("user.username"),
        Just("user.attributes.evil"),
    ];
    let tokens = prop_oneof![
        Just(ClaimToken::Access),
        Just(ClaimToken::Both),
        Just(ClaimToken::Id)
    ];
    let scopes = prop_oneof![Just("openid"), Just("other")];
    let mapping = (scopes, claim_names(), sources, tokens);
    let mapping = mapping.prop_map(|(scope, claim, source, token)| ClaimMapping {
        scope: scope.parse().unwrap(),
        claim: claim.parse().unwrap(),
        source: source.parse::<ClaimSource>().unwrap(),
        token,
    });
    vec(mapping, 0..5)
}

/// Rules that try to give themselves what others have.
fn rules() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just(json!(["foreign-role"])),
        Just(json!("foreign-role")),
        Just(json!({"roles": ["foreign-role"]})),
        Just(json!(true)),
    ];
    let claims = vec((claim_names(), value), 0..3);
    let verdicts = prop_oneof![Just("true"), Just("false"), Just("1"), Just("input.roles")];
    (verdicts, claims).prop_map(|(allow, claims)| {
        let claim = |(name, value): (String, Value)| format!("claims[\"{name}\"] := {value}\n");
        let claims: String = claims.into_iter().map(claim).collect();
        format!("allow := {allow}\n{claims}")
    })
}

fn decide(principal: &Principal, mappings: &[ClaimMapping]) -> Option<Claims> {
    let mut client = client(&json!([]));
    client.details.claim_mappings = mappings.to_vec();
    decide_for(principal, &client, "openid profile").ok()
}

fn is_within<T: Ord + Clone>(some: Option<&Vec<T>>, all: &[T]) -> bool {
    let all: BTreeSet<_> = all.iter().collect();
    some.into_iter().flatten().all(|one| all.contains(one))
}

fn check_own(claims: &Claims, principal: &Principal) {
    let AccessTokenClaims {
        tenant,
        roles,
        permissions,
        acr,
        extra,
        ..
    } = &claims.access_token;
    assert_eq!(*tenant, principal.tenant.name);
    assert_eq!(acr.as_str(), "pwd");
    assert!(is_within::<RoleName>(roles.as_ref(), &principal.roles));
    assert!(is_within::<Permission>(
        permissions.as_ref(),
        &principal.permissions
    ));
    for name in extra.keys() {
        assert!(!name.parse::<ClaimName>().unwrap().is_reserved(), "{name}");
    }
    let id = serde_json::to_value(&claims.id_token).unwrap();
    assert_eq!(id["tenant"], principal.tenant.name.as_str());
    for name in id
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| *name != "tenant")
    {
        let own = match &**name {
            "roles" => id[name] == json!(principal.roles),
            "permissions" => id[name] == json!(principal.permissions),
            _ => !name.parse::<ClaimName>().unwrap().is_reserved(),
        };
        assert!(own, "{name}: {id}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_claim_names_another_tenants_role(
        mut principal in principals(),
        mappings in mappings(),
        rules in rules(),
    ) {
        principal.user.details.attributes.insert("evil".to_owned(), json!(["foreign-role"]));
        principal.policy = Some(policy(&rules));
        if let Some(claims) = decide(&principal, &mappings) {
            check_own(&claims, &principal);
        }
    }

    #[test]
    fn a_policy_takes_away_and_never_gives(
        principal in principals(),
        mappings in mappings(),
        rules in rules(),
    ) {
        let without = decide(&principal, &mappings).unwrap();
        check_own(&without, &principal);
        let asked = Principal { policy: Some(policy(&rules)), ..principal };
        if let Some(with) = decide(&asked, &mappings) {
            prop_assert_eq!(with.id_token, without.id_token);
            prop_assert_eq!(with.access_token.roles, without.access_token.roles);
            prop_assert_eq!(with.access_token.permissions, without.access_token.permissions);
        }
    }
}
