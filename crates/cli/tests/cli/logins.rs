//! Logging in and out, and staying logged in.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;

use crate::{
    api::{Api, Reply, Seen, ok, problem},
    program::Home,
};

const FAR: u64 = 4_000_000_000;

fn tokens(number: usize, expires_in: i64) -> Reply {
    ok(
        &json!({"status": "complete", "access_token": format!("at{number}"),
        "refresh_token": format!("rt{number}"), "token_type": "Bearer", "expires_in": expires_in}),
    )
}

fn me() -> Reply {
    ok(&json!({"id": "7", "kind": "user", "tenant": "demo", "operator": false, "permissions": []}))
}

/// Takes each refresh token once, and gives another.
fn refreshing(seen: &Seen, before: &[Seen]) -> Reply {
    let used = before.iter().filter(|s| s.path == "/auth/refresh").count();
    match seen.path.as_str() {
        "/auth/login" => tokens(0, 0),
        "/auth/refresh" if seen.json()["refresh_token"] == format!("rt{used}") => {
            tokens(used + 1, 900)
        }
        "/auth/refresh" => problem(400, "invalid_grant", "It was used."),
        "/auth/logout" => Reply::Body(204, String::new()),
        _ if seen.header("authorization") == format!("Bearer at{used}") => me(),
        _ => problem(401, "unauthenticated", "Who are you?"),
    }
}

const LOGIN: [&str; 8] = [
    "login",
    "--tenant",
    "demo",
    "--username",
    "alice",
    "--client",
    "demo-app",
    "--password-stdin",
];

#[test]
fn a_login_is_saved_for_its_owner_alone_and_used() {
    let api = Api::start(|seen, _| match seen.path.as_str() {
        "/auth/login" => tokens(0, 900),
        _ => me(),
    });
    let home = Home::new();
    let args = [&LOGIN[..], &["--url", &api.url]].concat();
    let ran = home.run_with(&args, "correct horse\n").assert_code(0);
    assert_eq!(ran.out, "");
    assert_eq!(
        api.seen()[0].json(),
        json!({"tenant": "demo", "username": "alice", "password": "correct horse", "client_id": "demo-app"})
    );
    assert!(
        api.seen()[0].query.is_empty(),
        "a login names its tenant in its body"
    );
    let mode = fs::metadata(home.credentials())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        !fs::read_to_string(home.credentials())
            .unwrap()
            .contains("horse")
    );
    let who = home.run(&["whoami", "--json"]).assert_code(0);
    assert_eq!(who.json()["tenant"], "demo");
    assert_eq!(api.seen()[1].header("authorization"), "Bearer at0");
}

#[test]
fn a_login_that_is_refused_is_not_saved_and_not_repeated() {
    let api = Api::start(|_, _| problem(401, "invalid_credentials", "Wrong username or password."));
    let home = Home::new();
    let args = [&LOGIN[..], &["--url", &api.url]].concat();
    let ran = home.run_with(&args, "hunter2\n").assert_code(4);
    assert!(
        ran.err.contains("Wrong username or password."),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("hunter2") && !ran.out.contains("hunter2"));
    assert!(!home.credentials().exists());
    assert_eq!(api.lines(), ["POST /auth/login"]);
}

#[test]
fn what_is_not_said_and_cannot_be_asked_is_named() {
    let home = Home::new();
    let ran = home
        .run(&["login", "--url", "http://127.0.0.1:1", "--tenant", "demo"])
        .assert_code(2);
    assert!(ran.err.contains("--username"), "{}", ran.err);
    let plain = home
        .run(&["login", "--url", "http://id.example.com", "--key", "-"])
        .assert_code(2);
    assert!(plain.err.contains("https"), "{}", plain.err);
}

#[test]
fn tokens_that_end_are_renewed_and_saved() {
    let api = Api::start(refreshing);
    let home = Home::new();
    home.log_in(&api.url, 0);
    home.run(&["whoami"]).assert_code(0);
    let saved = home.saved();
    assert_eq!(
        (&saved["access_token"], &saved["refresh_token"]),
        (&json!("at1"), &json!("rt1"))
    );
    home.run(&["whoami"]).assert_code(0);
    assert_eq!(
        api.lines(),
        ["POST /auth/refresh", "GET /admin/v1/me", "GET /admin/v1/me"]
    );
}

#[test]
fn two_runs_at_once_renew_tokens_once() {
    let api = Api::start(refreshing);
    let home = Home::new();
    home.log_in(&api.url, 0);
    let runs: Vec<_> = (0..4).map(|_| home.start(&["whoami"])).collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let refreshes = api
        .lines()
        .iter()
        .filter(|line| line.ends_with("/auth/refresh"))
        .count();
    assert_eq!(refreshes, 1);
}

#[test]
fn a_login_that_is_over_says_so() {
    let api = Api::start(|seen, _| match seen.path.as_str() {
        "/auth/refresh" => problem(400, "invalid_grant", "It was revoked."),
        _ => problem(401, "unauthenticated", "Who are you?"),
    });
    let home = Home::new();
    for expires_at in [0, FAR] {
        home.log_in(&api.url, expires_at);
        let ran = home.run(&["whoami"]).assert_code(4);
        assert!(ran.err.contains("`iam login`"), "{}", ran.err);
    }
    let ran = Home::new().run(&["user", "list"]).assert_code(4);
    assert!(ran.err.contains("`iam login --url URL`"), "{}", ran.err);
}

#[test]
fn a_logout_ends_the_login_at_the_server_and_here() {
    let api = Api::start(refreshing);
    let home = Home::new();
    home.log_in(&api.url, FAR);
    home.run(&["logout"]).assert_code(0);
    assert_eq!(
        api.seen()[0].json(),
        json!({"client_id": "demo-app", "token": "rt0"})
    );
    assert!(!home.credentials().exists());
    home.run(&["logout"]).assert_code(0);
}

#[test]
fn a_login_that_cannot_be_ended_is_kept_unless_forced() {
    let home = Home::new();
    home.log_in("http://127.0.0.1:1", FAR);
    let ran = home.run(&["logout"]).assert_code(3);
    assert!(ran.err.contains("--force"), "{}", ran.err);
    assert!(home.credentials().exists());
    home.run(&["logout", "--force"]).assert_code(0);
    assert!(!home.credentials().exists());
}

#[test]
fn a_key_is_tried_before_it_is_saved() {
    let api = Api::start(|seen, _| match seen.header("authorization") {
        "Bearer iam_good" => me(),
        _ => problem(401, "unauthenticated", "Who are you?"),
    });
    let home = Home::new();
    let args = ["login", "--url", &api.url, "--key", "-"];
    let ran = home.run_with(&args, "iam_bad\n").assert_code(4);
    assert!(!ran.err.contains("iam_bad"), "{}", ran.err);
    assert!(!home.credentials().exists());
    home.run_with(&args, "iam_good\n").assert_code(0);
    home.run(&["whoami"]).assert_code(0);
    let elsewhere = home
        .run(&["whoami", "--url", "http://127.0.0.1:1"])
        .assert_code(4);
    assert!(elsewhere.err.contains("not logged in"), "{}", elsewhere.err);
}

#[test]
fn the_folder_of_a_running_iam_up_is_enough() {
    let api = Api::start(|seen, _| match seen.header("authorization") {
        "Bearer iam_dev" => me(),
        _ => problem(401, "unauthenticated", "Who are you?"),
    });
    let home = Home::new();
    let dev = json!({"base_url": api.url, "api_key": "iam_dev", "tenant": "demo"});
    home.write(".iam/dev.json", &dev.to_string());
    home.run(&["whoami"]).assert_code(0);
    let mut args = vec!["tenant", "list", "--tenant", "acme"];
    home.run(&args).assert_code(1);
    assert_eq!(api.seen()[1].parameter("tenant"), Some("acme"));
    args.extend(["--url", "http://127.0.0.1:1"]);
    home.run(&args).assert_code(4);
}
