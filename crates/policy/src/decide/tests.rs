use iam_model::{
    Acr, ActivePolicy, ClaimMapping, Client, ClientDetails, MfaPolicy, PolicyId, Principal, Scope,
    Tenant, TenantId, TenantStatus, Timestamp, User, UserId, UserStatus,
};
use serde_json::{Value, json};

use super::decide;
use crate::{Assurance, Claims, Denial, Grant, LARGE_TOKEN_BYTES, PolicyError, RequestContext};

mod properties;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn alice() -> Principal {
    let id = TenantId::generate(now(), [1; 10]);
    let mut user = User::new(
        UserId::generate(now(), [2; 10]),
        "alice".parse().unwrap(),
        now(),
    );
    user.details = serde_json::from_value(json!({
        "emails": [{"address": "alice@acme.example", "verified": true}],
        "phone": "+4930123456",
        "profile": {"name": "Alice A.", "locale": "de-DE"},
        "attributes": {"cost_center": "c7"},
        "public_metadata": {"theme": {"dark": true}},
        "private_metadata": {"risk": "high"},
    }))
    .unwrap();
    Principal {
        tenant: Tenant::new(id, "demo".parse().unwrap(), "Demo GmbH".to_owned(), now()),
        user,
        password: None,
        totp: None,
        groups: vec!["eng/backend".to_owned()],
        roles: vec!["clerk".parse().unwrap()],
        permissions: vec!["order.read".parse().unwrap()],
        policy: None,
    }
}

fn client(mappings: &Value) -> Client {
    let mappings: Vec<ClaimMapping> = serde_json::from_value(mappings.clone()).unwrap();
    Client {
        id: "web".parse().unwrap(),
        tenant_id: TenantId::generate(now(), [1; 10]),
        first_party: true,
        redirect_uris: Vec::new(),
        scope: Scope::default(),
        details: ClientDetails {
            claim_mappings: mappings,
            ..ClientDetails::default()
        },
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}

fn context() -> RequestContext {
    RequestContext {
        grant: Grant::Password,
        ip: Some("10.1.2.3".parse().unwrap()),
        user_agent: Some("test".to_owned()),
        time: now(),
    }
}

fn policy(rules: &str) -> ActivePolicy {
    ActivePolicy {
        id: PolicyId::generate(now(), [3; 10]),
        number: 1,
        source: format!("package iam.policy\n{rules}\n"),
    }
}

fn decide_for(principal: &Principal, client: &Client, scope: &str) -> Result<Claims, Denial> {
    let scope = scope.parse().unwrap();
    decide(
        principal,
        client,
        &Assurance::password(),
        &scope,
        &context(),
    )
}

fn with_policy(rules: &str) -> Result<Claims, Denial> {
    let mut alice = alice();
    alice.policy = Some(policy(rules));
    decide_for(&alice, &client(&json!([])), "openid")
}

#[track_caller]
fn check_claims(mappings: &Value, scope: &str, access: &Value, id: &Value) {
    let claims = decide_for(&alice(), &client(mappings), scope).unwrap();
    let claims = serde_json::to_value(claims).unwrap();
    assert_eq!(claims["access_token"], *access);
    assert_eq!(claims["id_token"], *id);
}

#[test]
fn without_mappings_an_access_token_has_roles_and_an_id_token_what_its_scopes_say() {
    let access = json!({
        "tenant": "demo", "roles": ["clerk"], "permissions": ["order.read"],
        "acr": "pwd", "amr": ["pwd"],
    });
    check_claims(&json!([]), "openid", &access, &json!({"tenant": "demo"}));
    let id = json!({
        "tenant": "demo", "preferred_username": "alice", "name": "Alice A.", "locale": "de-DE",
        "email": "alice@acme.example", "email_verified": true, "phone_number": "+4930123456",
    });
    check_claims(&json!([]), "openid profile email phone", &access, &id);
}

#[test]
fn a_mapping_puts_a_claim_into_its_tokens_where_its_scope_is_granted() {
    let mapping = |claim: &str, source: &str, token: &str| json!({"scope": "hr", "claim": claim, "source": source, "token": token});
    let mappings = json!([
        mapping("cost_center", "user.attributes.cost_center", "access"),
        mapping("missing", "user.attributes.missing", "both"),
        mapping("theme", "user.public_metadata.theme", "id"),
        mapping("groups", "groups", "both"),
        mapping("org", "tenant.display_name", "id"),
    ]);
    let access = json!({
        "tenant": "demo", "roles": ["clerk"], "permissions": ["order.read"],
        "acr": "pwd", "amr": ["pwd"],
        "claims": { "cost_center": "c7", "groups": ["eng/backend"] },
    });
    let id = json!({
        "tenant": "demo", "theme": {"dark": true}, "groups": ["eng/backend"], "org": "Demo GmbH",
    });
    check_claims(&mappings, "openid hr", &access, &id);
}

#[test]
fn roles_and_permissions_that_are_mapped_come_only_with_their_scope() {
    let mapping = |claim: &str, scope: &str| json!({"scope": scope, "claim": claim, "source": claim, "token": "access"});
    let mappings = json!([mapping("roles", "roles"), mapping("permissions", "perms")]);
    let access = |extra: Value| {
        let mut access = json!({"tenant": "demo", "acr": "pwd", "amr": ["pwd"]});
        let fields = extra.as_object().unwrap().clone();
        access.as_object_mut().unwrap().extend(fields);
        access
    };
    let id = json!({"tenant": "demo"});
    check_claims(&mappings, "openid", &access(json!({})), &id);
    let roles = json!({"roles": ["clerk"]});
    check_claims(&mappings, "openid roles", &access(roles), &id);
    let permissions = json!({"permissions": ["order.read"]});
    check_claims(&mappings, "openid perms", &access(permissions), &id);
}

#[test]
fn a_mapped_standard_claim_is_what_the_mapping_says() {
    let mappings = json!([
        {"scope": "hr", "claim": "name", "source": "user.username", "token": "id"},
        {"scope": "openid", "claim": "email", "source": "user.attributes.mail", "token": "both"},
    ]);
    let claims = decide_for(&alice(), &client(&mappings), "openid profile email").unwrap();
    let id = &claims.id_token.extra;
    assert_eq!(id.get("name"), None);
    assert_eq!(id.get("email"), None);
    assert_eq!(id["preferred_username"], "alice");
}

#[track_caller]
fn check_denied(change: impl FnOnce(&mut Principal), denial: &Denial) {
    let mut principal = alice();
    change(&mut principal);
    let decision = decide_for(&principal, &client(&json!([])), "openid");
    assert_eq!(decision.as_ref(), Err(denial));
}

#[test]
fn only_active_users_of_active_tenants_get_claims() {
    for (status, denial) in [
        (TenantStatus::Suspended, Denial::TenantSuspended),
        (TenantStatus::Deleted, Denial::TenantDeleted),
    ] {
        check_denied(|p| p.tenant.status = status, &denial);
    }
    for (status, denial) in [
        (UserStatus::Deleted, Denial::UserDeleted),
        (UserStatus::Disabled, Denial::UserDisabled),
        (UserStatus::Invited, Denial::UserInvited),
        (UserStatus::Locked, Denial::UserLocked),
    ] {
        check_denied(|p| p.user.status = status, &denial);
    }
    check_denied(
        |p| p.user.details.password_change_required = true,
        &Denial::PasswordChangeRequired,
    );
    check_denied(
        |p| p.tenant.settings.mfa = MfaPolicy::Required,
        &Denial::AssuranceRequired(Acr::Mfa),
    );
}

#[test]
fn a_status_is_looked_at_before_the_policy() {
    check_denied(
        |p| {
            p.user.status = UserStatus::Locked;
            p.policy = Some(policy("allow := true"));
        },
        &Denial::UserLocked,
    );
}

#[test]
fn a_policy_sees_user_tenant_client_request_roles_and_permissions() {
    let claims = with_policy(
        r#"
default allow := false
allow if {
	input.user.username == "alice"
	input.user.email == "alice@acme.example"
	input.user.groups == ["eng/backend"]
	input.user.attributes.cost_center == "c7"
	input.user.private_metadata.risk == "high"
	input.tenant.name == "demo"
	input.client.id == "web"
	input.client.first_party
	net.cidr_contains("10.0.0.0/8", input.request.ip)
	input.request.grant == "password"
	input.request.acr == "pwd"
	input.request.scope == ["openid"]
	input.request.time.hour == 22
	"clerk" in input.roles
	"order.read" in input.permissions
}
claims.cost_center := input.user.attributes.cost_center
"#,
    );
    assert_eq!(claims.unwrap().access_token.extra["cost_center"], "c7");
}

#[test]
fn a_policy_denies_with_its_reasons() {
    let denial = with_policy("allow := true\ndeny contains \"a_b\" if input.roles").unwrap_err();
    assert_eq!(denial.code(), "policy_denied");
    assert_eq!(json!(denial.reasons()), json!(["a_b"]));
}

#[test]
fn a_policy_asks_for_more_than_a_password() {
    let rules = "allow := true\nacr := \"mfa\"";
    assert_eq!(with_policy(rules), Err(Denial::AssuranceRequired(Acr::Mfa)));
    assert!(with_policy("allow := true\nacr := \"pwd\"").is_ok());
}

#[test]
fn a_policy_that_fails_lets_nobody_in() {
    for rules in [
        "allow :=",
        "allow := 1",
        "allow := true\nclaims.sub := \"bob\"",
        "allow if count(numbers.range(1, 1000000)) > 1",
    ] {
        let denial = with_policy(rules).unwrap_err();
        assert_eq!(denial.code(), "policy_failed", "{rules}");
        assert!(matches!(
            denial,
            Denial::PolicyFailed(
                PolicyError::Source(_) | PolicyError::Output { .. } | PolicyError::Limit(_)
            )
        ));
    }
}

#[test]
fn a_token_is_estimated_to_be_large_when_it_is() {
    let mut alice = alice();
    let size = |principal: &Principal| {
        let claims = decide_for(principal, &client(&json!([])), "openid").unwrap();
        claims.estimated_token_bytes()
    };
    assert!((800..1200).contains(&size(&alice)), "{}", size(&alice));
    let many = (0..200).map(|n| format!("resource{n}.read").parse().unwrap());
    alice.permissions = many.collect();
    assert!(size(&alice) > LARGE_TOKEN_BYTES);
}
