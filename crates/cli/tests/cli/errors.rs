//! What goes wrong, and how scripts and people are told.

use serde_json::json;

use crate::{
    api::{Api, Reply, Seen, not_found, ok, problem},
    program::Home,
};

fn role(version: u64) -> Reply {
    ok(
        &json!({"id": "01990a5d-ac96-774b-bcce-b302099a8057", "name": "clerk", "permissions": ["order.read"], "version": version}),
    )
}

const ID: &str = "01990a5d-ac96-774b-bcce-b302099a8057";

#[test]
fn the_exit_code_tells_what_went_wrong() {
    let api = Api::start(|seen, _| match seen.path.as_str() {
        "/admin/v1/tenants/gone" => not_found(),
        "/admin/v1/tenants/nobody" => problem(401, "unauthenticated", "Who are you?"),
        "/admin/v1/tenants/moved" => Reply::Body(302, String::new()),
        "/admin/v1/tenants/proxy" => Reply::Body(502, "<html>".to_owned()),
        _ => problem(
            403,
            "permission_denied",
            "This takes the permission `iam.tenants.read`.",
        ),
    });
    let home = Home::with_key(&api.url);
    for (name, code, text) in [
        (
            "gone",
            1,
            "There is no such thing. (not_found)\n  trace id: 4bf9",
        ),
        ("denied", 1, "iam.tenants.read"),
        ("nobody", 4, "the API key is not valid"),
        ("moved", 3, "is not where the API is"),
        ("proxy", 3, "502 Bad Gateway"),
    ] {
        let ran = home.run(&["tenant", "show", name]).assert_code(code);
        assert!(ran.err.contains(text), "{name}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
    let lines = api.lines();
    assert!(
        !lines.iter().any(|line| line.contains("elsewhere")),
        "a redirect was followed"
    );
    home.run(&["tenant", "show"]).assert_code(2);
    home.run(&["tenant", "show", ""]).assert_code(2);
    let nowhere = Home::with_key("http://127.0.0.1:1")
        .run(&["tenant", "list"])
        .assert_code(3);
    assert!(nowhere.err.contains("127.0.0.1:1"), "{}", nowhere.err);
    assert!(!nowhere.err.contains("iam_x"), "{}", nowhere.err);
}

#[test]
fn a_create_whose_answer_is_lost_is_sent_again_with_the_same_key() {
    let api = Api::start(|_, before| match before.len() {
        0 => Reply::Nothing,
        1 => problem(503, "database_unavailable", "Come back."),
        _ => role(1),
    });
    let home = Home::with_key(&api.url);
    home.run(&["role", "create", "clerk"]).assert_code(0);
    home.run(&["role", "create", "clerk"]).assert_code(0);
    let keys: Vec<_> = api
        .seen()
        .iter()
        .map(|s| s.header("idempotency-key").to_owned())
        .collect();
    assert_eq!(keys.len(), 4);
    assert!(
        keys[0].len() >= 32 && keys[0] == keys[1] && keys[1] == keys[2],
        "{keys:?}"
    );
    assert_ne!(keys[2], keys[3]);
}

#[test]
fn what_cannot_be_said_twice_is_said_once() {
    let api = Api::start(|seen, _| match seen.method.as_str() {
        "GET" => role(3),
        _ => Reply::Nothing,
    });
    let home = Home::with_key(&api.url);
    let ran = home
        .run(&["role", "change", ID, "--description", "x"])
        .assert_code(3);
    assert!(ran.err.contains("may have been done"), "{}", ran.err);
    assert_eq!(api.seen().len(), 2);
}

#[test]
fn a_change_is_of_the_version_that_was_read() {
    let api = Api::start(
        |seen, _| match (seen.method.as_str(), seen.header("if-match")) {
            ("GET", _) => role(3),
            (_, "\"3\"") => role(4),
            _ => problem(412, "precondition_failed", "Somebody was faster."),
        },
    );
    let home = Home::with_key(&api.url);
    let args = [
        "role",
        "change",
        ID,
        "--add-permission",
        "order.write",
        "--description",
        "",
    ];
    let ran = home.run(&args).assert_code(0);
    assert!(ran.out.contains("version      4"), "{}", ran.out);
    let patch = &api.seen()[1];
    assert_eq!(patch.header("content-type"), "application/merge-patch+json");
    assert_eq!(
        patch.json(),
        json!({"permissions": ["order.read", "order.write"], "description": null})
    );
    home.run(&["role", "delete", ID]).assert_code(0);
    assert_eq!(api.seen()[3].header("if-match"), "\"3\"");
    let nothing = home.run(&["role", "change", ID]).assert_code(2);
    assert!(nothing.err.contains("nothing to change"), "{}", nothing.err);
}

#[test]
fn what_has_no_way_back_is_not_done_by_the_way() {
    let api = Api::start(|seen: &Seen, _| match seen.method.as_str() {
        "GET" => ok(&json!({"name": "acme", "version": 5})),
        _ => Reply::Body(204, String::new()),
    });
    let home = Home::with_key(&api.url);
    let ran = home.run(&["tenant", "erase", "acme"]).assert_code(2);
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    assert!(api.lines().iter().all(|line| line.starts_with("GET")));
    home.run(&["tenant", "erase", "acme", "--yes"])
        .assert_code(0);
    let last = api.seen().pop().unwrap();
    assert_eq!(
        (last.line().as_str(), last.header("if-match")),
        ("POST /admin/v1/tenants/acme:erase", "\"5\"")
    );
}

#[test]
fn a_secret_is_printed_once_and_a_password_never() {
    let api = Api::start(|seen, _| {
        assert!(seen.body.is_empty() || seen.json()["password"] != "");
        Reply::Body(
            201,
            r#"{"id":"1","username":"bob","key":"iam_1_s","version":1}"#.to_owned(),
        )
    });
    let home = Home::with_key(&api.url);
    let ran = home
        .run(&["key", "create", "k", "--never-expires"])
        .assert_code(0);
    assert!(
        ran.out.contains("iam_1_s") && ran.err.contains("not shown again"),
        "{ran:?}"
    );
    assert_eq!(
        api.seen()[0].json(),
        json!({"name": "k", "permissions": [], "expires_at": null})
    );
    let args = ["user", "create", "bob", "--password-stdin"];
    let ran = home.run_with(&args, "hunter2 hunter2\n").assert_code(0);
    assert!(
        !ran.out.contains("hunter2") && !ran.err.contains("hunter2"),
        "{ran:?}"
    );
    assert_eq!(
        api.seen()[1].json(),
        json!({"username": "bob", "password": "hunter2 hunter2"})
    );
    home.run(&["user", "create", "bob", "--password-stdin"])
        .assert_code(2);
}

#[test]
fn a_url_that_may_hold_a_password_is_not_repeated_if_it_is_wrong() {
    let home = Home::new();
    let dir = home.file("data");
    for (option, url) in [
        ("--database", "oracle://iam:hunter2@db/iam"),
        ("--redis", "http://:hunter2@redis"),
        ("--smtp-url", "ftp://iam:hunter2@mail"),
    ] {
        let dir = dir.to_str().unwrap();
        let args = ["up", "--port", "0", "--hydra", "/bin/sh", "--dir", dir];
        let ran = home.run(&[&args[..], &[option, url]].concat());
        let ran = ran.assert_code(2);
        assert!(ran.err.contains(option), "{}", ran.err);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
}
