//! Making many users.

use std::fs;

use serde_json::{Value, json};

use crate::{
    api::{Api, Reply, Seen, problem},
    program::Home,
};

/// Answers as the import does: `old…` are there already, `bad…` are wrong.
fn import(seen: &Seen) -> Reply {
    assert_eq!(seen.header("content-type"), "application/x-ndjson");
    let mut answer = String::new();
    let mut created = 0;
    for (index, line) in seen.body.lines().enumerate() {
        let user: Value = serde_json::from_str(line).unwrap();
        let line = index + 1;
        let name = user["username"].as_str().unwrap();
        let told = if name.starts_with("old") {
            json!({"status": "failed", "line": line, "code": "already_exists", "detail": "Is there."})
        } else if name.starts_with("bad") {
            json!({"status": "failed", "line": line, "code": "invalid_request", "detail": "Is wrong.",
                "errors": [{"pointer": "/username", "detail": "has a bad character"}]})
        } else {
            created += 1;
            json!({"status": "created", "line": line, "id": "7"})
        };
        answer += &told.to_string();
        answer.push('\n');
    }
    answer += &json!({"status": "finished", "created": created, "failed": 0}).to_string();
    Reply::Body(200, answer)
}

fn lines(names: impl Iterator<Item = String>) -> String {
    let line = |text: String, name: String| text + "{\"username\": \"" + &name + "\"}\n";
    names.fold(String::new(), line)
}

#[test]
fn a_file_goes_in_parts_and_failures_are_told_by_the_lines_of_the_file() {
    let api = Api::start(|seen, _| import(seen));
    let home = Home::with_key(&api.url);
    let name = |i: usize| match i {
        7 => "old7".to_owned(),
        1500 => "bad1500".to_owned(),
        _ => format!("u{i}"),
    };
    let file = home.write(
        "users.ndjson",
        &format!("\n{}", lines((2..=2501).map(name))),
    );
    let out = home.file("failures.ndjson");
    let args = [
        "import",
        "users",
        &file,
        "--failures",
        out.to_str().unwrap(),
        "--json",
    ];
    let ran = home.run(&args).assert_code(1);
    assert_eq!(
        ran.json(),
        json!({"created": 2498, "skipped": 0, "failed": 2})
    );
    let sizes: Vec<_> = api.seen().iter().map(|s| s.body.lines().count()).collect();
    assert_eq!(sizes, [1000, 1000, 500]);
    let told = fs::read_to_string(&out).unwrap();
    let told: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told[0]["line"], 7);
    assert_eq!(told[1]["line"], 1500);
    assert_eq!(told[1]["errors"][0]["pointer"], "/username");
    assert!(
        ran.err.contains("2 of 2500 users were not made"),
        "{}",
        ran.err
    );
}

#[test]
fn who_is_there_already_is_fine_if_asked_for() {
    let api = Api::start(|seen, _| import(seen));
    let home = Home::with_key(&api.url);
    let input = lines((0..30).map(|i| format!("old{i}")));
    let ran = home
        .run_with(&["import", "users", "-"], &input)
        .assert_code(1);
    assert!(
        ran.err.contains("line 1: Is there. (already_exists)"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("line 21:"), "{}", ran.err);
    let args = ["import", "users", "-", "--skip-existing", "--chunk", "20"];
    let ran = home.run_with(&args, &input).assert_code(0);
    assert_eq!(ran.out, "created  0\nskipped  30\nfailed   0\n");
    assert_eq!(api.seen().len(), 3);
}

#[test]
fn a_server_that_fails_stops_the_import_and_says_where() {
    let api = Api::start(|seen, before| match before.len() {
        0 => import(seen),
        1 => Reply::Nothing,
        2 => problem(
            403,
            "permission_denied",
            "This takes the permission `iam.users.write`.",
        ),
        _ => {
            let told = json!({"status": "failed", "line": 1, "code": "database_unavailable", "detail": "Gone."});
            Reply::Body(200, format!("{told}\n{}\n", json!({"status": "finished"})))
        }
    });
    let home = Home::with_key(&api.url);
    let file = home.write("users.ndjson", &lines((0..20).map(|i| format!("u{i}"))));
    let ran = home
        .run(&["import", "users", &file, "--chunk", "10"])
        .assert_code(3);
    assert!(
        ran.err
            .contains("stopped at line 11: run it again with --skip-existing"),
        "{}",
        ran.err
    );
    let refused = home.run(&["import", "users", &file]).assert_code(1);
    assert!(refused.err.contains("iam.users.write"), "{}", refused.err);
    let gone = home
        .run(&["import", "users", &file, "--chunk", "1"])
        .assert_code(3);
    assert!(gone.err.contains("database_unavailable"), "{}", gone.err);
    home.run(&["import", "users", "/no/such/file"])
        .assert_code(1);
}

#[test]
fn an_answer_that_does_not_tell_of_every_line_is_not_believed() {
    let told = json!({"status": "created", "line": 1, "id": "7"});
    let api = Api::start(move |_, _| Reply::Body(200, format!("{told}\n")));
    let home = Home::with_key(&api.url);
    let ran = home
        .run_with(&["import", "users", "-"], "{}\n")
        .assert_code(1);
    assert!(ran.err.contains("every line"), "{}", ran.err);
}

#[test]
fn a_long_import_renews_its_token() {
    let api = Api::start(|seen, before| {
        let used = before.iter().filter(|s| s.path == "/auth/refresh").count();
        if seen.path == "/auth/refresh" {
            // It lives for no more than a chunk.
            let tokens = json!({"status": "complete", "access_token": format!("at{}", used + 1),
                "refresh_token": format!("rt{}", used + 1), "expires_in": 1});
            return Reply::Body(200, tokens.to_string());
        }
        assert_eq!(seen.header("authorization"), format!("Bearer at{used}"));
        import(seen)
    });
    let home = Home::new();
    home.log_in(&api.url, 0);
    let input = lines((0..30).map(|i| format!("u{i}")));
    let args = ["import", "users", "-", "--chunk", "10"];
    home.run_with(&args, &input).assert_code(0);
    let renewed = |line: &&String| line.ends_with("/auth/refresh");
    assert!(api.lines().iter().filter(renewed).count() >= 3);
}
