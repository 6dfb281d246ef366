use iam_model::{Acr, ClientDetails, GrantType, Tenant, TenantId, Timestamp, TokenEndpointAuth};
use serde_json::json;

use super::{ClientSpec, ensure_valid, origin};
use crate::IdentityError;

fn spec() -> ClientSpec {
    ClientSpec {
        first_party: true,
        redirect_uris: vec!["https://app.example/done".parse().unwrap()],
        scope: "openid profile".parse().unwrap(),
        details: ClientDetails::default(),
    }
}

fn tenant(allowed: Option<&str>) -> Tenant {
    let now = Timestamp::from_millis(0);
    let id = TenantId::generate(now, [0; 10]);
    let mut tenant = Tenant::new(id, "acme".parse().unwrap(), String::new(), now);
    tenant.settings.allowed_scopes = allowed.map(|scope| scope.parse().unwrap());
    tenant
}

#[track_caller]
fn check(change: impl FnOnce(&mut ClientSpec), expected: &[&str]) {
    let mut spec = spec();
    change(&mut spec);
    let wrong = match ensure_valid(&tenant(Some("openid profile email")), &spec) {
        Ok(()) => Vec::new(),
        Err(IdentityError::Invalid(wrong)) => wrong,
        Err(error) => panic!("{error}"),
    };
    let pointers: Vec<_> = wrong.iter().map(|flaw| flaw.pointer.as_str()).collect();
    assert_eq!(pointers, expected);
}

fn service(method: TokenEndpointAuth) -> impl FnOnce(&mut ClientSpec) {
    move |spec| {
        spec.first_party = false;
        spec.redirect_uris.clear();
        spec.details.grant_types = vec![GrantType::ClientCredentials];
        spec.details.token_endpoint_auth_method = method;
    }
}

#[test]
fn a_scope_is_within_what_the_tenant_allows() {
    check(|_| {}, &[]);
    check(
        |spec| spec.scope = "openid admin".parse().unwrap(),
        &["/scope"],
    );
    check(|spec| spec.scope = "".parse().unwrap(), &["/scope"]);
    let anything = ClientSpec {
        scope: "openid admin".parse().unwrap(),
        ..spec()
    };
    assert!(ensure_valid(&tenant(None), &anything).is_ok());
}

#[test]
fn a_grant_has_what_it_needs() {
    check(service(TokenEndpointAuth::ClientSecretBasic), &[]);
    check(service(TokenEndpointAuth::None), &["/grant_types"]);
    check(|spec| spec.details.grant_types.clear(), &["/grant_types"]);
    check(|spec| spec.redirect_uris.clear(), &["/redirect_uris"]);
    let refresh = |spec: &mut ClientSpec| {
        spec.details.grant_types = vec![GrantType::RefreshToken];
    };
    check(refresh, &["/grant_types"]);
    let direct = |spec: &mut ClientSpec| {
        service(TokenEndpointAuth::ClientSecretPost)(spec);
        spec.first_party = true;
    };
    check(direct, &["/first_party"]);
}

#[test]
fn uris_are_few_and_a_logout_leads_back_to_the_app() {
    let many = |spec: &mut ClientSpec| {
        spec.redirect_uris = vec!["https://app.example/".parse().unwrap(); 21];
    };
    check(many, &["/redirect_uris"]);
    let after = |uri: &'static str| {
        move |spec: &mut ClientSpec| {
            spec.details.post_logout_redirect_uris = vec![uri.parse().unwrap()];
        }
    };
    check(after("https://app.example/bye?x=1"), &[]);
    for uri in [
        "https://app.example:8443/",
        "https://evil.example/",
        "http://localhost/",
    ] {
        check(after(uri), &["/post_logout_redirect_uris/0"]);
    }
}

#[test]
fn what_browsers_need_goes_together() {
    let backchannel = |uri: &'static str| {
        move |spec: &mut ClientSpec| {
            spec.details.backchannel_logout_session_required = true;
            spec.details.backchannel_logout_uri = Some(uri.parse().unwrap());
        }
    };
    check(backchannel("https://app.example/out"), &[]);
    let custom = backchannel("com.example.app:/out");
    check(custom, &["/backchannel_logout_uri"]);
    check(
        |spec| spec.details.backchannel_logout_session_required = true,
        &["/backchannel_logout_session_required"],
    );
    let pushing = |spec: &mut ClientSpec| {
        service(TokenEndpointAuth::ClientSecretBasic)(spec);
        spec.details.require_pushed_authorization_requests = true;
    };
    check(pushing, &["/require_pushed_authorization_requests"]);
    let many = |spec: &mut ClientSpec| {
        let port = |n: u16| format!("https://app.example:{n}").parse().unwrap();
        spec.details.allowed_origins = (1000..1021).map(port).collect();
        let resource = |n| format!("urn:example:{n}").parse().unwrap();
        spec.details.resources = (0..21).map(resource).collect();
    };
    check(many, &["/resources", "/allowed_origins"]);
}

#[test]
fn a_level_is_wanted_for_scopes_that_the_client_has() {
    let of = |scope: &'static str| {
        move |spec: &mut ClientSpec| {
            let level = (scope.parse().unwrap(), Acr::Mfa);
            spec.details.scope_acr = [level].into();
        }
    };
    check(of("profile"), &[]);
    check(of("a/b"), &["/scope_acr/a~1b"]);
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    for (uri, expected) in [
        ("https://a.example:1/b?c", "https://a.example:1"),
        ("https://a.example?c", "https://a.example"),
        ("https://a.example", "https://a.example"),
        ("com.example.app:/done", "com.example.app"),
    ] {
        assert_eq!(origin(&uri.parse().unwrap()), expected);
    }
}

#[test]
fn keys_are_for_who_signs_with_them() {
    let keys = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]});
    let with = |keys: Option<serde_json::Value>, method| {
        move |spec: &mut ClientSpec| {
            spec.first_party = false;
            spec.details.jwks = keys;
            spec.details.token_endpoint_auth_method = method;
        }
    };
    check(
        with(Some(keys.clone()), TokenEndpointAuth::PrivateKeyJwt),
        &[],
    );
    check(with(None, TokenEndpointAuth::PrivateKeyJwt), &["/jwks"]);
    check(with(Some(keys), TokenEndpointAuth::None), &["/jwks"]);
    let other = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]});
    let other = with(Some(other), TokenEndpointAuth::PrivateKeyJwt);
    check(other, &["/jwks/keys/0"]);
}

#[test]
fn who_logs_in_directly_has_no_secret() {
    let method = TokenEndpointAuth::ClientSecretBasic;
    check(
        |spec| spec.details.token_endpoint_auth_method = method,
        &["/first_party"],
    );
    check(
        |spec| {
            spec.first_party = false;
            spec.details.token_endpoint_auth_method = method;
        },
        &[],
    );
}
