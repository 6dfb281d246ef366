use iam_model::{Client, ClientDetails, TenantId, Timestamp};

use super::{Checked, pushed, redirect_uri};
use crate::authorize::Parameters;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client() -> Client {
    let now = Timestamp::from_millis(0);
    Client {
        id: "web".parse().unwrap(),
        tenant_id: TenantId::generate(now, [0; 10]),
        first_party: false,
        redirect_uris: vec!["https://app.example/cb".parse().unwrap()],
        scope: "openid profile".parse().unwrap(),
        details: ClientDetails {
            resources: vec!["https://api.example".parse().unwrap()],
            ..ClientDetails::default()
        },
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// A good request with `more` in it, and without the parameter `without`.
fn request(without: &str, more: &str) -> Parameters {
    let challenge = format!("code_challenge={CHALLENGE}");
    let kept: Vec<_> = [
        "response_type=code",
        "scope=openid",
        "code_challenge_method=S256",
    ]
    .into_iter()
    .chain([challenge.as_str()])
    .filter(|pair| pair.split('=').next() != Some(without))
    .collect();
    Parameters::parse(format!("{}&{more}", kept.join("&")).as_bytes())
}

#[track_caller]
fn check(without: &str, more: &str, expected: Option<&str>) {
    let checked = request(without, more);
    let checked = Checked::new(&checked, &client(), "https://id.example");
    assert_eq!(checked.err().map(|error| error.code), expected, "{more}");
}

#[test]
fn a_redirect_uri_is_exactly_one_that_is_registered() {
    let client = client();
    for (query, known) in [
        ("redirect_uri=https://app.example/cb", true),
        ("redirect_uri=https://app.example/cb/", false),
        ("redirect_uri=https://app.example/cb?x", false),
        ("redirect_uri=https://app.example/cb%23x", false),
        ("redirect_uri=https://app.example:443/cb", false),
        ("redirect_uri=https://APP.example/cb", false),
        (
            "redirect_uri=https://app.example/cb&redirect_uri=https://app.example/cb",
            false,
        ),
        ("", false),
    ] {
        let parameters = Parameters::parse(query.as_bytes());
        assert_eq!(redirect_uri(&parameters, &client).is_ok(), known, "{query}");
    }
}

#[test]
fn only_a_code_with_pkce_by_s256_is_given() {
    check("", "", None);
    check("", "response_mode=query", None);
    let invalid = Some("invalid_request");
    check("", "response_mode=form_post", invalid);
    check("response_type", "", invalid);
    check(
        "response_type",
        "response_type=token",
        Some("unsupported_response_type"),
    );
    check(
        "response_type",
        "response_type=code+id_token",
        Some("unsupported_response_type"),
    );
    check("code_challenge", "", invalid);
    check("code_challenge", "code_challenge=short", invalid);
    check("code_challenge_method", "", invalid);
    check(
        "code_challenge_method",
        "code_challenge_method=plain",
        invalid,
    );
    check("", "scope=openid", invalid);
}

#[test]
fn requests_by_others_are_not_fetched_nor_read() {
    check("", "request=e30.e30.", Some("request_not_supported"));
    check(
        "",
        "request_uri=https://a.example/r",
        Some("request_uri_not_supported"),
    );
    check(
        "",
        "registration=%7B%7D",
        Some("registration_not_supported"),
    );
}

#[test]
fn a_client_gets_the_scope_and_the_resources_that_are_its_own() {
    check("scope", "", Some("invalid_scope"));
    check("scope", "scope=openid+admin", Some("invalid_scope"));
    check("scope", "scope=%22", Some("invalid_scope"));
    check(
        "",
        "resource=https://api.example&resource=https://id.example",
        None,
    );
    check("", "resource=https://api.example/", Some("invalid_target"));
    check("", "resource=api", Some("invalid_target"));
}

#[test]
fn what_is_asked_of_the_login_is_checked() {
    check("", "prompt=login+consent&max_age=0&nonce=12345678", None);
    let invalid = Some("invalid_request");
    check("", "prompt=none+login", invalid);
    check("", "prompt=registration", invalid);
    check("", "max_age=-1", invalid);
    check("", "nonce=1234567", invalid);
}

#[test]
fn who_must_push_its_requests_cannot_send_them_by_the_browser() {
    let mut client = client();
    let (direct, later) = (request("", ""), request("", "login_verifier=v"));
    assert!(pushed(&direct, &client, false).is_ok());
    client.details.require_pushed_authorization_requests = true;
    assert!(pushed(&direct, &client, false).is_err());
    assert!(pushed(&direct, &client, true).is_ok());
    assert!(pushed(&later, &client, false).is_ok());
}
