//! Lists, and what is printed of them.

use serde_json::json;

use crate::{
    api::{Api, Reply, Seen, ok},
    program::Home,
};

const COUNT: usize = 2500;

/// A list of 2,500 roles.
fn roles(seen: &Seen, _: &[Seen]) -> Reply {
    let number = |name| seen.parameter(name).map_or(0, |text| text.parse().unwrap());
    let (start, limit): (usize, usize) = (number("cursor"), number("limit"));
    assert!((1..=1000).contains(&limit), "limit {limit}");
    let end = COUNT.min(start + limit);
    let role = |i| format!(r#"{{"name":"r{i}","id":"{i}","permissions":["a.b","c.d"]}}"#);
    let items: Vec<_> = (start..end).map(role).collect();
    let next = if end < COUNT {
        format!(r#","next_cursor":"{end}""#)
    } else {
        String::new()
    };
    Reply::Body(200, format!(r#"{{"items":[{}]{next}}}"#, items.join(",")))
}

#[test]
fn all_of_a_list_is_every_page_of_it_unchanged() {
    let api = Api::start(roles);
    let home = Home::with_key(&api.url);
    let ran = home
        .run(&["role", "list", "--all", "--json"])
        .assert_code(0);
    let items = ran.json();
    assert_eq!(items.as_array().unwrap().len(), COUNT);
    assert_eq!(items[COUNT - 1]["name"], "r2499");
    assert!(
        ran.out
            .contains(r#"{"name":"r7","id":"7","permissions":["a.b","c.d"]}"#)
    );
    assert_eq!(ran.err, "");
    let seen = api.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[2].parameter("cursor"), Some("2000"));
    assert_eq!(seen[0].parameter("fields"), None);
    assert_eq!(seen[0].header("authorization"), "Bearer iam_x");
}

#[test]
fn a_list_ends_at_its_limit_and_says_that_there_is_more() {
    let api = Api::start(roles);
    let home = Home::with_key(&api.url);
    let ran = home
        .run(&["role", "list", "--limit", "1500"])
        .assert_code(0);
    assert_eq!(ran.out.lines().count(), 1501);
    assert!(
        ran.out.starts_with(
            "ID    NAME   DESCRIPTION  PERMISSIONS\n0     r0     -            a.b, c.d\n"
        ),
        "{}",
        &ran.out[..99]
    );
    assert!(ran.err.contains("--all"), "{}", ran.err);
    let limits: Vec<_> = api
        .seen()
        .iter()
        .map(|s| s.parameter("limit").unwrap().to_owned())
        .collect();
    assert_eq!(limits, ["1000", "500"]);
    assert_eq!(
        api.seen()[0].parameter("fields"),
        Some("id,name,description,permissions")
    );
}

#[test]
fn fields_choose_the_columns_and_filters_the_items() {
    let api = Api::start(|_, _| ok(&json!({"items": [{"name": "a"}]})));
    let home = Home::with_key(&api.url);
    let args = [
        "tenant",
        "list",
        "--fields",
        "name",
        "--status",
        "suspended",
        "--name",
        "a b",
    ];
    let ran = home.run(&args).assert_code(0);
    assert_eq!(ran.out, "NAME\na\n");
    let seen = &api.seen()[0];
    assert_eq!(seen.parameter("fields"), Some("name"));
    assert_eq!(seen.parameter("status"), Some("suspended"));
    assert_eq!(seen.parameter("name"), Some("a b"));
}

#[test]
fn a_list_of_nothing_is_empty() {
    let api = Api::start(|_, _| ok(&json!({"items": []})));
    let home = Home::with_key(&api.url);
    assert_eq!(home.run(&["tenant", "list"]).assert_code(0).out, "");
    assert_eq!(
        home.run(&["tenant", "list", "--json"])
            .assert_code(0)
            .json(),
        json!([])
    );
}

#[test]
fn nobody_who_stops_reading_sees_a_panic() {
    let api = Api::start(roles);
    let home = Home::with_key(&api.url);
    for args in [&["role", "list", "--all"][..], &["completion", "bash"]] {
        let mut child = home.start(args);
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{args:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    }
}

#[test]
fn every_shell_has_completions() {
    let home = Home::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = home.run(&["completion", shell]).assert_code(0);
        assert!(ran.out.contains("reset-password"), "{shell}");
    }
    // Nor does help panic.
    let mut child = home.start(&["--help"]);
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert!(child.wait().unwrap().code().is_some());
}
